using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Reports;

/// <summary>Lines of provenance that several reports have.</summary>
internal static class Facts
{
    /// <summary>The package: how it was made, from what, and its files.</summary>
    public static IEnumerable<ReportFact> Of(PackageManifest manifest, string folder)
    {
        yield return new ReportFact("Package", manifest.Name);
        yield return new ReportFact("Written by", manifest.CreatedBy);
        yield return new ReportFact("Recipe", (string?)manifest.Recipe["name"] ?? "unnamed");
        yield return new ReportFact("Seed", Text($"{manifest.Seed}"));
        yield return new ReportFact("Trainer", manifest.Trainer);
        yield return new ReportFact("Threshold", Text($"{manifest.Threshold:0.0000}, by the rule {manifest.ThresholdRule}"));
        yield return new ReportFact(
            "Calibration",
            Text($"{manifest.Calibration.Method}, slope {manifest.Calibration.Slope:0.0000}, offset {manifest.Calibration.Offset:0.0000}")
        );
        yield return new ReportFact(
            "Input",
            Text($"{manifest.Input.Width} × {manifest.Input.Height}, {manifest.Input.Resize.ToString().ToLowerInvariant()}")
        );
        yield return new ReportFact(
            "Backbone",
            Text(
                $"{manifest.Backbone.Name} ({manifest.Backbone.Licence}), {manifest.Backbone.Macs / 1e6:0} M multiply-accumulates, ",
                $"{manifest.Backbone.Parameters / 1e6:0.00} M parameters"
            )
        );
        yield return new ReportFact(
            "Trained on",
            Text(
                $"{manifest.Dataset.Name}: {manifest.Dataset.Samples:N0} pictures, {manifest.Dataset.Persons:N0} with a person, ",
                $"{manifest.Dataset.Skipped} left out"
            )
        );
        yield return new ReportFact("Hash of the training pictures", manifest.Dataset.Sha256);
        var files = ModelPackage.Open(folder).Manifest.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (var encoding in manifest.Encodings)
        {
            yield return new ReportFact(
                encoding.File,
                Text($"{files[encoding.File].Bytes:N0} bytes, SHA-256 {files[encoding.File].Sha256}")
            );
        }
    }

    /// <summary>Versions and the machine that made the report.</summary>
    public static IEnumerable<ReportFact> OfMachine() =>
        [
            new(
                "Versions",
                $"{ProductVersion.Text}, {RuntimeInformation.FrameworkDescription}, ONNX Runtime {OnnxModel.RuntimeVersion}, libvips "
                    + $"{ImageReader.LibraryVersion}"
            ),
            new("Machine", Text($"{CpuFeatures.Current}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}")),
        ];

    /// <summary>What was measured of encodings that stand in a manifest.</summary>
    public static ImmutableArray<EncodingReport> Encodings(PackageManifest manifest) =>
        [.. manifest.Encodings.Select(EncodingReport.Of).OfType<EncodingReport>()];

    public static string Text(params FormattableString[] parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part.ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
