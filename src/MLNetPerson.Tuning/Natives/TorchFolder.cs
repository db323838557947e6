using System.Globalization;
using MLNetPerson.Files;

namespace MLNetPerson.Tuning.Natives;

/// <summary>The folder with libtorch: <c>torch/VERSION-PLATFORM</c> in the product's cache. It is there whole or not at all.</summary>
/// <param name="Platform">Whose libraries they are.</param>
/// <param name="Path">Full path.</param>
internal sealed record TorchFolder(TorchPlatform Platform, string Path)
{
    /// <summary>Names a folder that is complete: its files were compared with their hashes before it got its name.</summary>
    public static TorchFolder Of(TorchPlatform platform) =>
        new(
            platform,
            System.IO.Path.Combine(
                CacheFolder.Root,
                "torch",
                $"{TorchPlatform.LibtorchVersion}-{TorchPlatform.TorchSharpVersion}-{platform.Rid}"
            )
        );

    /// <summary>Whether it is there. Only names are looked at: hashing 460 MB at every start would take seconds.</summary>
    public bool IsThere => Platform.Files.All(file => File.Exists(PathOf(file)));

    /// <summary>Full path of one library.</summary>
    public string PathOf(NativeFile file) => System.IO.Path.Combine(Path, file.Name);

    /// <summary>Compares every library with its hash.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Fault()
    {
        foreach (var file in Platform.Files)
        {
            var path = PathOf(file);
            if (!File.Exists(path))
            {
                return $"'{path}' is missing";
            }

            var actual = Sha256Text.OfFile(path);
            if (actual != file.Sha256)
            {
                return $"'{path}' has SHA-256 {actual[..12]}…, {file.Sha256[..12]}… is promised for {file.Package} {file.Version}";
            }
        }

        return null;
    }

    /// <summary>Size of all libraries, for a reader.</summary>
    public string Size =>
        string.Create(CultureInfo.InvariantCulture, $"{Platform.Files.Sum(file => new FileInfo(PathOf(file)).Length) / 1e6:0} MB");
}
