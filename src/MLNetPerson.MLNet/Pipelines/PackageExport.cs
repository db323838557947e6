using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>From a fitted chain to a package: the same export and the same proofs as <c>retrain</c>'s.</summary>
public static class PackageExport
{
    /// <summary>
    /// Writes a package from a chain with a linear head: normalisation and calibration are folded in, and the package is measured on
    /// pictures that training did not see.
    /// </summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="model">A fitted careful chain, fresh or read back from a zip.</param>
    /// <param name="trainedOn">Rows with path and label that the chain was fitted on: the manifest names their hash.</param>
    /// <param name="measuredOn">Rows with path and label that it was not fitted on: the manifest's numbers come from them.</param>
    /// <param name="options">Where to, and how.</param>
    /// <exception cref="ExportException">
    /// The head is not linear, or the package would not say what the chain says (a classic chain's pixels are others, for one). Nothing was
    /// written.
    /// </exception>
    /// <exception cref="ArgumentException">The threshold or an option for encodings is out of range.</exception>
    /// <exception cref="QuantizationException">The model cannot be quantized; the float package is there by then.</exception>
    /// <exception cref="FeatureException">No picture can be used.</exception>
    /// <exception cref="PackageException">The folder holds something else than a package.</exception>
    public static ExportReport ToPersonPackage(
        this MLContext mlContext,
        ITransformer model,
        IDataView trainedOn,
        IDataView measuredOn,
        PersonPackageOptions options
    )
    {
        if (options.Threshold is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"The threshold is {options.Threshold}, outside 0 to 1.", nameof(options));
        }

        if (options.Encodings?.Fault() is { } fault)
        {
            throw new ArgumentException($"Options for encodings have faults: {fault}.", nameof(options));
        }

        var recipe = options.Recipe ?? RecipeCatalog.Open(RecipeCatalog.DefaultName);
        var network = FeatureNetworkBuilder
            .BuildAsync(BackboneCatalog.Open(recipe.Backbone), recipe.Input, recipe.Features)
            .GetAwaiter()
            .GetResult();
        var head = LinearHeadReader.Read(model, network.Width);
        var extractor = new FeatureExtractor(network, options.Features);
        var (training, heldOut) = (Samples("trained on", trainedOn, options), Samples("measured on", measuredOn, options));
        var features = extractor.Extract(training.Samples);
        ChainParity.Check(mlContext, model, head, features, options);

        var judged = extractor.Extract(heldOut.Samples);
        var evaluation = Evaluator.Evaluate(
            LogitCalibration.None.Apply(head.Logits(judged.Table)),
            judged.Labels,
            options.Threshold,
            recipe.Head.Seed
        );
        var name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder)));
        var report = PackageExporter.Export(
            new ExportRequest
            {
                Folder = options.Folder,
                Name = name,
                Network = network,
                Head = head,
                Calibration = LogitCalibration.None,
                Threshold = options.Threshold,
                ThresholdRule = string.Create(CultureInfo.InvariantCulture, $"fixed {options.Threshold}"),
                Metrics = MetricsMapping.ToPackage(evaluation, "held-out"),
                Dataset = new PackageDataset(
                    name,
                    ContentHash.Of(features.Samples, features.PictureHashes),
                    features.Samples.Length,
                    features.Labels.Count(isPerson => isPerson),
                    features.Skipped.Length
                ),
                Trainer = options.Trainer,
                Recipe = (JsonObject)JsonNode.Parse(RecipeJson.Write(recipe))!,
                Seed = recipe.Head.Seed,
                Features = features,
                Limits = options.Features.Limits,
            }
        );
        if (options.Encodings is not null)
        {
            PackageQuantizer.Quantize(ModelPackage.Open(options.Folder), training, heldOut, options.Encodings);
        }

        return report;
    }

    private static Dataset Samples(string name, IDataView rows, PersonPackageOptions options)
    {
        var (path, label) = (
            Column(rows, options.ImageColumn, TextDataViewType.Instance),
            Column(rows, options.LabelColumn, BooleanDataViewType.Instance)
        );
        List<Sample> samples = [];
        using var cursor = rows.GetRowCursor([path, label]);
        var (paths, labels) = (cursor.GetGetter<ReadOnlyMemory<char>>(path), cursor.GetGetter<bool>(label));
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> file = default;
            var isPerson = false;
            paths(ref file);
            labels(ref isPerson);
            samples.Add(
                new Sample
                {
                    File = file.ToString(),
                    Path = Path.GetFullPath(options.ImageFolder is { } folder ? Path.Combine(folder, file.ToString()) : file.ToString()),
                    IsPerson = isPerson,
                }
            );
        }

        return new Dataset(name, [.. samples]);
    }

    private static DataViewSchema.Column Column(IDataView rows, string name, DataViewType type)
    {
        var column =
            rows.Schema.GetColumnOrNull(name)
            ?? throw new InvalidOperationException(
                $"There is no column '{name}'; the data has {string.Join(", ", rows.Schema.Select(other => other.Name))}."
            );
        return column.Type == type
            ? column
            : throw new InvalidOperationException(
                $"Column '{name}' is {column.Type}, {type} is needed here: a package is measured on files."
            );
    }
}
