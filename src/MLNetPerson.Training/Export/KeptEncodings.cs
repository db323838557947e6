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
        var same = ModelPackage.TryOpen(folder, out var package, out _)
            && package!.Manifest.Files.First(file => file.Path == package.Encoding(PackageEncoding.Float32).File).Sha256 == Sha256Text.OfBytes(model);
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
            files[encoding.File] = File.ReadAllBytes(Package.PathOf(encoding.File));
        }

        // The same model chooses the same goldens.
        var old = Package.Manifest.Goldens.ToDictionary(golden => golden.File, golden => golden.Probabilities, StringComparer.Ordinal);
        return manifest with
        {
            Encodings = [.. manifest.Encodings, .. kept],
            Goldens = [.. manifest.Goldens.Select(golden => golden with { Probabilities = old.GetValueOrDefault(golden.File, golden.Probabilities) })],
        };
    }
}
