using System.Collections.Immutable;
using MLNetPerson.Files;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Export;

/// <summary>
/// The encodings of a package that is about to be replaced by one of the same float model, byte for byte: they encode the new one just
/// as well, and making them again would be waiting for nothing.
/// </summary>
/// <param name="Package">The package to be replaced, or null where nothing can be kept.</param>
internal sealed record KeptEncodings(ModelPackage? Package)
{
    /// <summary>Looks at what stands in the folder now.</summary>
    public static KeptEncodings Of(string folder, byte[] model)
    {
        var same =
            ModelPackage.TryOpen(folder, out var package, out _)
            && package!.Manifest.Files.First(file => file.Path == package.Encoding(PackageEncoding.Float32).File).Sha256
                == Sha256Text.OfBytes(model);
        return new KeptEncodings(same ? package : null);
    }

    /// <summary>The new manifest with the kept encodings; their files join <paramref name="files"/>.</summary>
    public PackageManifest AddTo(PackageManifest manifest, Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        if (Package is null)
        {
            return manifest;
        }

        ImmutableArray<PackageEncoding> kept = [.. Package.Manifest.Encodings.Where(encoding => encoding.Name != PackageEncoding.Float32)];
        foreach (var encoding in kept)
        {
            files[encoding.File] = Package.ReadBytes(encoding.File);
        }

        return manifest with
        {
            Encodings = [.. manifest.Encodings, .. kept],
        };
    }

    /// <summary>The goldens with the answers of all encodings, and their pictures in <paramref name="files"/>; null where nothing is
    /// kept.</summary>
    public ImmutableArray<PackageGolden>? Goldens(Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        // The same model, whose file also holds the threshold, would choose the same ones.
        foreach (var golden in Package?.Manifest.Goldens ?? [])
        {
            files[golden.File] = Package!.ReadBytes(golden.File);
        }

        return Package?.Manifest.Goldens;
    }
}
