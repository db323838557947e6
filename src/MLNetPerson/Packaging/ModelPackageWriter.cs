using MLNetPerson.Files;

namespace MLNetPerson.Packaging;

/// <summary>Writes a package whole or not at all.</summary>
public static class ModelPackageWriter
{
    /// <summary>Writes the files and a manifest that lists them with size and hash.</summary>
    /// <param name="folder">The package's folder. A package that is there is replaced once the new one is complete.</param>
    /// <param name="manifest">Complete but for <see cref="PackageManifest.Files"/>, which is filled in here.</param>
    /// <param name="files">Content by path below the folder, with forward slashes.</param>
    /// <exception cref="PackageException">The folder holds something else than a package.</exception>
    /// <exception cref="IOException">The disk refuses; what stood in the folder stands there still.</exception>
    public static void Write(string folder, PackageManifest manifest, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        CheckFree(folder);
        var listed = files
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => new PackageFile(file.Key, file.Value.Length, Sha256Text.OfBytes(file.Value.Span)));
        var json = ManifestJson.Write(manifest with { Files = [.. listed] });
        AtomicFolder.Write(
            folder,
            temporary =>
            {
                foreach (var (name, content) in files)
                {
                    var path = Path.Combine(temporary, name);
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
                    stream.Write(content.Span);
                    stream.Flush(flushToDisk: true);
                }

                File.WriteAllBytes(Path.Combine(temporary, ModelPackage.ManifestFile), json);
            },
            ModelPackage.ManifestFile
        );
    }

    /// <summary>Refuses a folder that holds something else than a package, before any slow work.</summary>
    /// <exception cref="PackageException">It does, or a file has that name.</exception>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public static void CheckFree(string folder)
    {
        if (File.Exists(folder))
        {
            throw new PackageException($"'{folder}' is a file; a package is a folder. Choose another name.");
        }

        if (Directory.Exists(folder) && !File.Exists(Path.Combine(folder, ModelPackage.ManifestFile)) && !AtomicFolder.IsEmpty(folder))
        {
            throw new PackageException(
                $"'{folder}' holds files but no {ModelPackage.ManifestFile}, so it is not a package to be replaced. Choose another folder, "
                    + $"or empty this one."
            );
        }

        OutputPlace.CheckFolder(folder);
    }
}
