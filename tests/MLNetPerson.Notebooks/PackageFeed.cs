using System.Reflection;
using MLNetPerson.Testing;

namespace MLNetPerson.Notebooks;

/// <summary>This project's packages in a folder, for cells that say <c>#r "nuget: MLNetPerson…"</c>.</summary>
public sealed class PackageFeed : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _packages;

    /// <param name="packages">Folder with packed packages; null packs what was built.</param>
    /// <exception cref="InvalidOperationException">Packing failed.</exception>
    public PackageFeed(string? packages) => _packages = packages is null ? Pack() : Path.GetFullPath(packages);

    /// <summary>The folder with the product's assemblies, built as this program was.</summary>
    public static string Product { get; } = Repository.At($"src/MLNetPerson.Cli/bin/{Configuration}/net10.0");

    public static string Configuration =>
        typeof(PackageFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "Configuration").Value!;

    /// <summary>
    /// Makes restores of a process find the packages. They unpack into a folder of this run, because a package of the same version that
    /// another build left in the machine's cache would win; everything else comes from that cache. The home directory is of this run for
    /// the same reason: the kernel keeps there what each line with packages was resolved to. The product's cache and the tools stay where
    /// they are.
    /// </summary>
    public void Offer(IDictionary<string, string?> environment)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        environment["HOME"] = Directory.CreateDirectory(_folder["home"]).FullName;
        environment.TryAdd("DOTNET_CLI_HOME", home);
        environment.TryAdd("XDG_CACHE_HOME", Path.Combine(home, ".cache"));
        environment["RestoreAdditionalProjectSources"] = _packages;
        environment["RestoreFallbackFolders"] = Restored;
        environment["NUGET_PACKAGES"] = _folder["unpacked"];
    }

    public void Dispose() => _folder.Dispose();

    private static string Restored =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private string Pack()
    {
        foreach (var assembly in Directory.GetFiles(Product, "MLNetPerson*.dll").Select(Path.GetFileNameWithoutExtension))
        {
            var outcome = ProcessRunner.Run(
                "dotnet",
                ["pack", Repository.At($"src/{assembly}"), "-c", Configuration, "--no-build", "-o", _folder["feed"], "-nologo", "-v:q"],
                folder: Repository.Root
            );
            if (outcome.ExitCode != 0)
            {
                throw new InvalidOperationException($"'dotnet pack src/{assembly}' failed: {outcome.Output}{outcome.Error}");
            }
        }

        return _folder["feed"];
    }
}
