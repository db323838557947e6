using System.Collections.Immutable;
using System.Text;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Export;

/// <summary>Joins network and head to one ONNX file, proves that it says what the training path says, and writes the package.</summary>
public static class PackageExporter
{
    private const string ModelFile = "model.onnx";

    /// <summary>
    /// How far another implementation of ONNX may be from the float goldens: float sums in another order, through some fifty
    /// layers (ParityAcrossThreadsTests measures it).
    /// </summary>
    private const double Float32Tolerance = 1e-3;

    /// <summary>Exports a package.</summary>
    /// <exception cref="ExportException">The exported file does not reproduce the training path. Nothing was written.</exception>
    /// <exception cref="PackageException">The folder holds something else than a package.</exception>
    /// <exception cref="IOException">The disk refuses; what stood in the folder stands there still.</exception>
    public static ExportReport Export(ExportRequest request)
    {
        ModelPackageWriter.CheckFree(request.Folder);
        var graph = ModelAssembler.Assemble(request.Network, request.Head, request.Threshold);
        var model = graph.ToBytes();
        var parity = ParityCheck.Run(model, request.Network, request.Head, request.Features, request.Limits);
        var (fragment, explanation) = ExplanationBuilder.Build(graph, request.Network);
        ExplanationCheck.Run(model, fragment, explanation, request.Network.Input);
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
        {
            [ModelFile] = model,
            [ExplanationBuilder.File] = fragment,
        };
        var kept = request.KeepEncodings ? KeptEncodings.Of(request.Folder, model) : new KeptEncodings(null);
        var goldens = kept.Goldens(files) ?? Goldens(model, request.Network.Input, request.Threshold, files);
        var manifest = Manifest(request, goldens, GraphCost.Of(graph, request.Network.Input.Height, request.Network.Input.Width));
        manifest = kept.AddTo(manifest with { Explanation = explanation }, files);
        files[ModelCard.File] = Encoding.UTF8.GetBytes(ModelCard.Write(manifest, model.Length));
        ModelPackageWriter.Write(request.Folder, manifest, files);
        return new ExportReport(manifest, model.Length, parity);
    }

    private static ImmutableArray<PackageGolden> Goldens(
        byte[] bytes,
        ImageSpec input,
        double threshold,
        Dictionary<string, ReadOnlyMemory<byte>> files
    )
    {
        using var model = OnnxModel.Load(bytes, ModelFile);
        var goldens = ImmutableArray.CreateBuilder<PackageGolden>();
        foreach (var (name, image, probability) in GoldenPictures.Goldens(model, input, threshold))
        {
            var file = $"golden/{name}.png";
            files[file] = ImageWriter.EncodePng(image);
            goldens.Add(new PackageGolden(file, new Dictionary<string, double> { [PackageEncoding.Float32] = probability }));
        }

        return goldens.ToImmutable();
    }

    private static PackageManifest Manifest(ExportRequest request, ImmutableArray<PackageGolden> goldens, GraphCost cost) =>
        new()
        {
            SchemaVersion = PackageManifest.CurrentSchemaVersion,
            Task = PackageManifest.PersonTask,
            Name = request.Name,
            CreatedBy = ProductVersion.Text,
            Labels = ["none", "person"],
            Input = new PackageInput
            {
                Width = request.Network.Input.Width,
                Height = request.Network.Input.Height,
                Resize = request.Network.Input.Resize,
            },
            Output = new PackageOutput(),
            Threshold = request.Threshold,
            ThresholdRule = request.ThresholdRule,
            Calibration = new PackageCalibration(
                request.Calibration.Method.ToString().ToLowerInvariant(),
                request.Calibration.Slope,
                request.Calibration.Offset
            ),
            Metrics = request.Metrics,
            Dataset = request.Dataset,
            Backbone = new PackageBackbone(
                request.Network.Card.Name,
                request.Network.Card.Origin,
                request.Network.Card.Licence,
                cost.Macs,
                cost.Parameters
            ),
            Trainer = request.Trainer,
            Budget = request.Budget,
            Recipe = request.Recipe,
            Seed = request.Seed,
            Encodings = [new PackageEncoding(PackageEncoding.Float32, ModelFile, Float32Tolerance)],
            Goldens = goldens,
            Files = [],
        };
}
