using System.IO.Compression;
using System.Xml.Linq;
using MLNetPerson.Testing;

namespace MLNetPerson.Newcomer.Tests.Packages;

/// <summary>What <c>dotnet pack</c> makes, in a folder that NuGet takes for a source.</summary>
public sealed class PackedFeed : IDisposable
{
    private readonly TempFolder _folder = new();

    public PackedFeed()
    {
        Packed = ProcessRunner.Run(
            "dotnet",
            ["pack", Repository.At("MLNetPerson.sln"), "-c", Product.Configuration, "--no-build", "-o", Path, "-nologo", "-v:q"],
            folder: Repository.Root
        );
        Assert.True(Packed.ExitCode == 0, Packed.Output + Packed.Error);
    }

    public ProcessRunner.Outcome Packed { get; }

    public string Path => _folder["feed"];

    public IEnumerable<string> Packages => Directory.EnumerateFiles(Path, "*.nupkg").Order(StringComparer.Ordinal);

    public static XElement Metadata(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        using var stream = zip.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return Plain(XElement.Load(stream)).Element("metadata")!;
    }

    public static List<string> Files(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        return [.. zip.Entries.Select(entry => entry.FullName)];
    }

    /// <summary>A NuGet configuration that knows this feed and no other; what the machine has restored before may be taken from
    /// there.</summary>
    public string Configuration(string globalPackages) =>
        $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{globalPackages}" /></config>
              <packageSources><clear /><add key="packed" value="{Path}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{Restored}" /></fallbackPackageFolders>
            </configuration>
            """;

    public void Dispose() => _folder.Dispose();

    private static string Restored =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } chosen
            ? chosen
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static XElement Plain(XElement element) =>
        new(
            element.Name.LocalName,
            element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration),
            element.HasElements ? element.Elements().Select(Plain) : element.Value
        );
}
