using System.Text.RegularExpressions;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.House;

public sealed partial class RepositoryTests
{
    [SkippableFact]
    public void No_file_names_a_package_registry()
    {
        var named = Files()
            .Where(file => new FileInfo(Repository.At(file)).Length < 5_000_000)
            .Where(file => Registry().IsMatch(File.ReadAllText(Repository.At(file), System.Text.Encoding.Latin1)))
            .ToList();

        Assert.Empty(named);
    }

    [SkippableFact]
    public void The_top_level_is_as_the_design_fixes_it()
    {
        string[] allowed =
        [
            "src",
            "tests",
            "notebooks",
            "models",
            "MLNetPerson.sln",
            "nuget.config",
            "global.json",
            "README.md",
            "LICENSE",
        ];
        var strangers = Files()
            .Select(file => file.Split('/')[0])
            .Distinct()
            .Where(name => !name.StartsWith('.') && !name.StartsWith("Directory.", StringComparison.Ordinal) && !allowed.Contains(name))
            .ToList();

        Assert.Empty(strangers);
    }

    [SkippableFact]
    public void No_photograph_is_committed()
    {
        // Goldens and drawings are PNG; photographs come as JPEG.
        Assert.DoesNotContain(
            Files(),
            file => file.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".jpeg", StringComparison.OrdinalIgnoreCase)
        );
    }

    [SkippableFact]
    public void No_stand_in_for_a_package_is_left()
    {
        string[] build = [".csproj", ".props", ".targets", ".config", ".sln", ".json", ".yml"];
        var texts = Files()
            .Where(file => new FileInfo(Repository.At(file)).Length < 5_000_000)
            .Select(file => (File: file, Text: File.ReadAllText(Repository.At(file), System.Text.Encoding.Latin1)))
            .ToList();

        bool IsStandIn((string File, string Text) file) =>
            file.Text.Contains("99.0" + ".0", StringComparison.Ordinal)
            || StandIn().IsMatch(file.Text)
            || (build.Contains(Path.GetExtension(file.File)) && file.Text.Contains("Place" + "holder", StringComparison.Ordinal));

        var named = texts.Where(IsStandIn).Select(file => file.File).ToList();

        Assert.True(named.Count == 0, $"these speak of stand-ins for packages: {string.Join(", ", named)}");
        Assert.False(Path.Exists(Repository.At("src/Dependencies")));
    }

    [Fact]
    public void NuGet_is_configured_without_sources() =>
        Assert.DoesNotContain(
            System.Xml.Linq.XElement.Load(Repository.At("nuget.config")).Descendants(),
            element => element.Name.LocalName is "packageSources" or "fallbackPackageFolders" or "add"
        );

    [SkippableFact]
    public void Every_project_has_a_lock_file_and_no_version_is_a_range()
    {
        var files = Files();
        var projects = files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(projects);
        Assert.All(projects, project => Assert.Contains($"{Path.GetDirectoryName(project)}/packages.lock.json", files));
        Assert.All(
            System
                .Xml.Linq.XElement.Load(Repository.At("Directory.Packages.props"))
                .Descendants("PackageVersion")
                .Select(package => (string)package.Attribute("Version")!),
            version => Assert.Matches(@"^\d+(\.\d+)+(-[\w.]+)?$", version)
        );
    }

    // Written in pieces, so that this file does not name one either.
    [GeneratedRegex(
        "registry\\." + "npmjs|api\\." + "nuget\\.org|www\\." + "nuget\\.org|nuget\\.org/" + "v3|registry\\." + "yarnpkg",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Registry();

    // What left ML.NET out of a build, in words of MSBuild, of C# and of pages.
    [GeneratedRegex("MLNetIn" + "Build|#if " + "MLNET|left out of the " + "build|src/" + "Dependencies/")]
    private static partial Regex StandIn();

    private static List<string> Files()
    {
        var outcome = ProcessRunner.Run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], folder: Repository.Root);
        Skip.If(outcome.ExitCode != 0, "this is not a git checkout");
        return [.. outcome.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Repository.At(file)))];
    }
}
