using System.Collections.Immutable;
using System.Text;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Export;

/// <summary>Adds an encoding to a package on disk, or replaces the one of the same name: the whole package is written anew or not at
/// all.</summary>
internal static class EncodingWriter
{
    /// <summary>
    /// How far another processor may be from an integer encoding's goldens. Sums of products are exact, but sums of two tensors and
    /// means are rounded from float, and a step here or there goes on through fifty layers. Seen: 0.017 on ARM, 0 on x86 without VNNI
    /// (models/results/arm64.csv, emulated.csv).
    /// </summary>
    private const double IntegerTolerance = 0.04;

    public static ModelPackage Write(ModelPackage package, EncodingReport report, byte[] model)
    {
        var (manifest, name) = (package.Manifest, report.Encoding);
        var floats = package.Encoding(PackageEncoding.Float32);
        var encoding = new PackageEncoding(
            name,
            $"model.{name}.onnx",
            name is PackageEncoding.Int8 or PackageEncoding.Int8Portable ? IntegerTolerance : floats.Tolerance,
            report.ToJson()
        );
        var files = manifest.Files.ToDictionary(
            file => file.Path,
            file => (ReadOnlyMemory<byte>)package.ReadBytes(file.Path),
            StringComparer.Ordinal
        );
        files[encoding.File] = model;

        var order = QuantizeOptions.AllEncodings;
        manifest = manifest with
        {
            Encodings = [.. manifest.Encodings.Where(old => old.Name != name).Append(encoding).OrderBy(one => order.IndexOf(one.Name))],
            Goldens = Goldens(package, encoding, model),
        };
        files[ModelCard.File] = Encoding.UTF8.GetBytes(ModelCard.Write(manifest, files[floats.File].Length));
        ModelPackageWriter.Write(package.Folder, manifest, files);
        return ModelPackage.Open(package.Folder);
    }

    private static ImmutableArray<PackageGolden> Goldens(ModelPackage package, PackageEncoding encoding, byte[] model)
    {
        using var loaded = OnnxModel.Load(model, encoding.File, new OnnxModelOptions { ExactBytes = true });
        var (spec, reader) = (package.Manifest.Input.ToSpec(), new ImageReader());
        var pixels = new byte[spec.ByteCount];
        var goldens = ImmutableArray.CreateBuilder<PackageGolden>();
        foreach (var golden in package.Manifest.Goldens)
        {
            var probability = new float[1];
            reader.ReadResized(package.ReadBytes(golden.File), spec, pixels, golden.File);
            loaded.Run<byte>(pixels, [1, spec.Height, spec.Width, 3], probability);
            goldens.Add(
                golden with
                {
                    Probabilities = new SortedDictionary<string, double>(golden.Probabilities.ToDictionary(), StringComparer.Ordinal)
                    {
                        [encoding.Name] = probability[0],
                    },
                }
            );
        }

        return goldens.ToImmutable();
    }
}
