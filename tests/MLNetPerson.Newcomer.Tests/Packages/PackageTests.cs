using System.Globalization;
using System.Text.Json;
using MLNetPerson.Testing;

namespace MLNetPerson.Newcomer.Tests.Packages;

public sealed class PackageTests
{
    private readonly PackedFeed _feed = PackedFeed.Shared;
    private const string Encoding = "float32";
    private static readonly string Golden = Path.Combine(Product.ReadyModel, "golden", "high.png");

    [Fact]
    public void Every_assembly_that_others_use_is_a_package()
    {
        string[] expected =
        [
            "MLNetPerson",
            "MLNetPerson.Cli",
            "MLNetPerson.Hosting",
            "MLNetPerson.MLNet",
            "MLNetPerson.Model",
            "MLNetPerson.Training",
        ];

        Assert.Subset(_feed.Packages.Select(Id).ToHashSet(), expected.ToHashSet());
        Assert.DoesNotContain("warning", _feed.Packed.Output);
    }

    [Fact]
    public void A_package_has_a_readme_a_licence_symbols_and_no_icon() =>
        Assert.All(
            _feed.Packages,
            package =>
            {
                var (metadata, files) = (PackedFeed.Metadata(package), PackedFeed.Files(package));
                Assert.Equal(("README.md", "MIT"), (metadata.Element("readme")?.Value, metadata.Element("license")?.Value));
                Assert.Contains("README.md", files);
                Assert.Contains("LICENSE", files);
                Assert.Null(metadata.Element("icon"));
                Assert.Null(metadata.Element("iconUrl"));
                Assert.NotEmpty(metadata.Element("description")!.Value);
                Assert.True(
                    Id(package) == "MLNetPerson.Model" // which has no code
                        || PackedFeed
                            .Files(Path.ChangeExtension(package, ".snupkg"))
                            .Any(file => file.EndsWith($"/{Id(package)}.pdb", StringComparison.Ordinal)),
                    $"{package} has no symbols"
                );
            }
        );

    [Fact]
    public void A_package_depends_on_what_can_be_had()
    {
        var own = _feed.Packages.Select(Id).ToHashSet();
        foreach (var package in _feed.Packages)
        {
            foreach (var dependency in PackedFeed.Metadata(package).Descendants("dependency"))
            {
                var (id, version) = ((string)dependency.Attribute("id")!, (string)dependency.Attribute("version")!);
                Assert.True(
                    Version.TryParse(version, out var lowest),
                    $"{Id(package)} depends on {id} '{version}', which is no plain version"
                );
                Assert.True(
                    !id.StartsWith("MLNetPerson", StringComparison.Ordinal) || own.Contains(id),
                    $"{Id(package)} depends on {id}, which is not packed"
                );
            }
        }
    }

    [Fact]
    public void The_library_carries_no_native_library_and_depends_on_those_of_every_platform()
    {
        var library = _feed.Packages.Single(package => Id(package) == "MLNetPerson");
        var dependencies = PackedFeed
            .Metadata(library)
            .Descendants("dependency")
            .Select(dependency => (string)dependency.Attribute("id")!)
            .ToList();
        string[] platforms =
        [
            "linux-arm",
            "linux-arm64",
            "linux-musl-arm64",
            "linux-musl-x64",
            "linux-x64",
            "osx-arm64",
            "osx-x64",
            "win-arm64",
            "win-x64",
        ];

        Assert.DoesNotContain(PackedFeed.Files(library), file => file.StartsWith("runtimes/", StringComparison.Ordinal));
        Assert.Contains("Microsoft.ML.OnnxRuntime", dependencies);
        Assert.Equal(
            platforms.Select(platform => $"NetVips.Native.{platform}"),
            dependencies.Where(id => id.StartsWith("NetVips.Native.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_tool_installs_from_a_feed_and_predicts()
    {
        using var folder = new TempFolder();
        folder.Write("nuget.config", _feed.Configuration(folder["packages"]));

        var installed = ProcessRunner.Run(
            "dotnet",
            ["tool", "install", "MLNetPerson.Cli", "--tool-path", folder["tools"], "--configfile", folder["nuget.config"]],
            folder: folder.Path
        );
        Assert.True(installed.ExitCode == 0, installed.Output + installed.Error);
        ProcessRunner.Outcome Tool(params string[] arguments) =>
            ProcessRunner.Run(
                folder[OperatingSystem.IsWindows() ? "tools/mlnetperson.exe" : "tools/mlnetperson"],
                arguments,
                environment: new Dictionary<string, string?> { ["MLNETPERSON_HOME"] = folder["home"] },
                folder: folder.Path
            );

        var (byPath, byName) = (
            Tool("predict", Product.ReadyModel, Golden, "--json", "--encoding", Encoding),
            Tool("predict", "person", Golden, "--json", "--encoding", Encoding)
        );
        Assert.True(byPath.ExitCode == 0, byPath.Error);
        Assert.Equal(byPath, byName);
        Assert.Equal(Promised(), JsonDocument.Parse(byPath.Output).RootElement.GetProperty("probability").GetDouble(), Tolerance());
    }

    [Fact]
    public void A_program_that_references_the_package_predicts()
    {
        using var folder = new TempFolder();
        WriteProgram(folder);

        var built = ProcessRunner.Run("dotnet", ["build", "-nologo", "-v:q", "-o", folder["out"]], folder: folder.Path);
        Assert.True(built.ExitCode == 0, built.Output + built.Error);
        var answer = ProcessRunner.Run("dotnet", [folder["out/street.dll"], Product.ReadyModel, Golden, Encoding], folder: folder.Path);

        Assert.True(answer.ExitCode == 0, answer.Error);
        Assert.Equal(Promised(), double.Parse(answer.Output, CultureInfo.InvariantCulture), Tolerance());

        // The package brought the ready model, too.
        var ready = ProcessRunner.Run("dotnet", [folder["out/street.dll"], Golden], folder: folder.Path);
        Assert.True(ready.ExitCode == 0, ready.Error);
        Assert.Equal("True", ready.Output.Trim());
    }

    /// <remarks>
    /// Not run: under Debian's qemu-user 7.2 the arm64 runtime of .NET 10 starts this very program, and libonnxruntime.so 1.31.1 crashes
    /// while it is loaded, as onnxruntime-node's from 1.30 on does. The ARM kernels' numbers are tested with onnxruntime-node 1.26:
    /// models/results/arm64.csv.
    /// </remarks>
    [Fact]
    public void A_program_published_for_the_Pi_carries_its_libraries_and_nothing_foreign()
    {
        using var folder = new TempFolder();
        WriteProgram(folder);

        // Without the host program, which would come from a package of its own: "dotnet street.dll" starts it on the device.
        var published = ProcessRunner.Run(
            "dotnet",
            ["publish", "-nologo", "-v:q", "-r", "linux-arm64", "--self-contained", "false", "-p:UseAppHost=false", "-o", folder["pi"]],
            folder: folder.Path
        );
        Assert.True(published.ExitCode == 0, published.Output + published.Error);
        Assert.DoesNotContain("warning", published.Output);

        var machines = Directory
            .EnumerateFiles(folder["pi"], "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder["pi"], file), NativeFile.MachineOf);
        Assert.Equal(NativeFile.Arm64Linux, machines["libonnxruntime.so"]);
        Assert.Equal(NativeFile.Arm64Linux, machines["libvips.so.42"]);
        Assert.Equal(NativeFile.AnyMachine, machines["MLNetPerson.dll"]);
        Assert.True(File.Exists(folder["pi/models/person/model.int8.onnx"]));
        Assert.All(
            machines,
            file =>
                Assert.True(
                    file.Value is NativeFile.Arm64Linux or NativeFile.AnyMachine or NativeFile.NoCode,
                    $"{file.Key} is for another machine: {file.Value}"
                )
        );
        // The check knows what is foreign: this machine's own ONNX Runtime, as the tests' program has it.
        Assert.All(
            Directory
                .EnumerateFiles(Product.Folder, "libonnxruntime.so", SearchOption.AllDirectories)
                .Where(file => file.Contains("linux-x64")),
            file => Assert.Equal(NativeFile.X64Linux, NativeFile.MachineOf(file))
        );
    }

    /// <summary>A project outside of this repository that references the package and predicts.</summary>
    private void WriteProgram(TempFolder folder)
    {
        folder.Write("nuget.config", _feed.Configuration(folder["packages"]));
        folder.Write("Directory.Build.props", "<Project />");
        var version = PackedFeed.Metadata(_feed.Packages.First()).Element("version")!.Value;
        folder.Write(
            "street.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup><PackageReference Include="MLNetPerson.Model" Version="{version}" /></ItemGroup>
            </Project>
            """
        );
        folder.Write(
            "Program.cs",
            """
            using MLNetPerson;

            if (args.Length == 1)
            {
                Console.WriteLine(PersonClassifier.Default.Predict(args[0]).IsPerson);
                return;
            }

            using var classifier = PersonClassifier.Load(args[0], args[2]);
            Console.WriteLine(classifier.Predict(args[1]).Probability.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
            """
        );
    }

    private static string Id(string package) => PackedFeed.Metadata(package).Element("id")!.Value;

    private static JsonElement Manifest() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Product.ReadyModel, "manifest.json"))).RootElement;

    private static double Promised() =>
        Manifest()
            .GetProperty("goldens")
            .EnumerateArray()
            .Single(golden => golden.GetProperty("file").GetString() == "golden/high.png")
            .GetProperty("probabilities")
            .GetProperty(Encoding)
            .GetDouble();

    private static double Tolerance() =>
        Manifest()
            .GetProperty("encodings")
            .EnumerateArray()
            .Single(encoding => encoding.GetProperty("name").GetString() == Encoding)
            .GetProperty("tolerance")
            .GetDouble();
}
