using System.Collections.Immutable;
using System.Text;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Detection;

/// <summary>A detector's package as it is written: goldens, suppression, card, and the check that the model suppresses as this project's
/// own code does.</summary>
internal static class DetectorFiles
{
    /// <summary>How far another implementation of ONNX may be from the float goldens, in probabilities and shares.</summary>
    public const double FloatTolerance = 1e-3;

    /// <summary>How far another processor may be from an integer encoding's goldens: as for classifiers, see the room Export.</summary>
    public const double IntegerTolerance = 0.06;

    private const int Scenes = 96;
    private const int Checked = 32;

    /// <summary>Writes a package whose model files are complete: adds suppression, goldens and card.</summary>
    /// <param name="folder">Of the package.</param>
    /// <param name="manifest">Complete but for goldens and files.</param>
    /// <param name="files">Model files by path.</param>
    /// <exception cref="ExportException">The joined model does not suppress as it should. Nothing was written.</exception>
    public static PackageManifest Write(string folder, PackageManifest manifest, Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        var detection = manifest.Detection!;
        var options = new SuppressionOptions(detection.IouThreshold, detection.ScoreThreshold, detection.MostBoxes);
        var part = SuppressionPart.Build(options);
        files[detection.Suppression] = part;
        CheckSuppression(files[manifest.Encodings[0].File].ToArray(), part, manifest.Input.ToSpec(), options);
        manifest = manifest with { Goldens = Goldens(manifest, files) };
        files[ModelCard.File] = Encoding.UTF8.GetBytes(DetectorCard.Write(manifest, files[manifest.Encodings[0].File].Length));
        ModelPackageWriter.Write(folder, manifest, files);
        return ModelPackage.OpenDetector(folder).Manifest;
    }

    /// <summary>All files of a package that are not made anew whenever it is written.</summary>
    public static Dictionary<string, ReadOnlyMemory<byte>> Kept(ModelPackage package) =>
        package
            .Manifest.Files.Select(file => file.Path)
            .Where(path => path != ModelCard.File && path != package.Manifest.Detection!.Suppression)
            .ToDictionary(path => path, path => (ReadOnlyMemory<byte>)package.ReadBytes(path), StringComparer.Ordinal);

    /// <summary>Drawn scenes with the boxes that every encoding gives on them.</summary>
    private static ImmutableArray<PackageGolden> Goldens(PackageManifest manifest, Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        var input = manifest.Input.ToSpec();
        byte[] Joined(PackageEncoding encoding) => [.. files[encoding.File].Span, .. files[manifest.Detection!.Suppression].Span];
        var old = manifest.Goldens.IsDefaultOrEmpty ? [] : manifest.Goldens;
        List<(string File, RgbImage Image)> pictures = [];
        if (old.Length > 0)
        {
            var reader = new ImageReader();
            pictures.AddRange(old.Select(golden => (golden.File, reader.Read(files[golden.File].Span, golden.File))));
        }
        else
        {
            using var model = OnnxModel.Load(Joined(manifest.Encodings[0]), "the float model");
            pictures.AddRange(Choose(model, manifest, input));
            foreach (var (file, image) in pictures)
            {
                files[file] = ImageWriter.EncodePng(image);
            }
        }

        var boxes = pictures.ToDictionary(
            picture => picture.File,
            _ => new SortedDictionary<string, ImmutableArray<PackageGoldenBox>>(StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        foreach (var encoding in manifest.Encodings)
        {
            using var model = OnnxModel.Load(Joined(encoding), encoding.File);
            foreach (var (file, image) in pictures)
            {
                boxes[file][encoding.Name] =
                [
                    .. Boxes(model, manifest, image, input).Where(box => box.Probability >= manifest.Threshold / 2),
                ];
            }
        }

        return
        [
            .. pictures.Select(picture => new PackageGolden(
                picture.File,
                new SortedDictionary<string, double>(
                    boxes[picture.File]
                        .ToDictionary(entry => entry.Key, entry => entry.Value.Select(box => box.Probability).DefaultIfEmpty(0).Max()),
                    StringComparer.Ordinal
                )
            )
            {
                Boxes = boxes[picture.File],
            }),
        ];
    }

    private static List<(string File, RgbImage Image)> Choose(OnnxModel model, PackageManifest manifest, ImageSpec input)
    {
        List<(int Seed, double Probability)> scenes =
        [
            .. Enumerable.Range(0, Scenes).AsParallel().AsOrdered().Select(seed => (seed, Ask(GoldenPictures.Draw(input, seed, seed % 6)))),
        ];
        var high = scenes.MaxBy(scene => scene.Probability).Seed;
        (string Name, int Seed)[] chosen =
        [
            ("high", high),
            (
                "near-threshold",
                scenes.Where(scene => scene.Seed != high).MinBy(scene => Math.Abs(scene.Probability - manifest.Threshold)).Seed
            ),
            ("middle", scenes.OrderBy(scene => scene.Probability).ElementAt(Scenes / 2).Seed),
            ("low", scenes.MinBy(scene => scene.Probability).Seed),
        ];
        return
        [
            .. chosen.Select(one => ($"golden/{one.Name}.png", GoldenPictures.Draw(input, one.Seed, one.Seed % 6))),
            ("golden/noise.png", GoldenPictures.Noise(input, seed: 4)),
        ];

        double Ask(RgbImage image) => Boxes(model, manifest, image, input).Select(box => box.Probability).DefaultIfEmpty(0).Max();
    }

    private static IEnumerable<PackageGoldenBox> Boxes(OnnxModel model, PackageManifest manifest, RgbImage image, ImageSpec input)
    {
        var rows = model.Run<byte>(image.Pixels, [1, input.Height, input.Width, 3], [manifest.Output.Tensor])[0].Values;
        for (var at = 0; at < rows.Length; at += SuppressionPart.Columns)
        {
            yield return new PackageGoldenBox(rows[at + 1], rows[at + 2], rows[at + 3], rows[at + 4], rows[at + 5]);
        }
    }

    /// <summary>The joined model must give what this project's own suppression makes of the model's boxes.</summary>
    private static void CheckSuppression(byte[] model, byte[] part, ImageSpec input, SuppressionOptions options)
    {
        using var joined = OnnxModel.Load([.. model, .. part], "the joined model");
        for (var seed = 0; seed < Checked; seed++)
        {
            var pixels = GoldenPictures.Draw(input, seed, figures: seed % 6).Pixels;
            var outputs = joined.Run<byte>(
                pixels,
                [1, input.Height, input.Width, 3],
                [DetectorTail.BoxesName, DetectorTail.ProbabilitiesName, SuppressionPart.OutputName]
            );
            var (boxes, probabilities, rows) = (outputs[0].Values, outputs[1].Values, outputs[2].Values);
            var expected = NonMaximumSuppression.Select(
                boxes,
                probabilities,
                (float)options.IouThreshold,
                (float)options.ScoreThreshold,
                options.MostBoxes
            );
            var given = Enumerable.Range(0, rows.Length / SuppressionPart.Columns).Select(row => rows[(row * SuppressionPart.Columns) + 1]);
            if (!expected.Select(index => probabilities[index]).SequenceEqual(given))
            {
                throw new ExportException(
                    $"The exported model does not suppress boxes as it should: on drawn picture {seed} it gives "
                        + $"{rows.Length / SuppressionPart.Columns} boxes, {expected.Count} are expected. Nothing was written; this is "
                        + "a fault "
                        + "of the export, please report it."
                );
            }
        }
    }
}
