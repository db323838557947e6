using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Tuning;

namespace MLNetPerson.Benchmarks.Tuning;

/// <summary>
/// Tunes a recipe on voc2007 and pool (train splits) and the demo's training photographs, and writes one row to models/results/tuning.csv:
/// <c>tuning TRIAL RECIPE OUT [key=value …]</c>, where keys are those of the recipe's block "tuning". <c>tuning TRIAL judge FOLDER</c>
/// measures a package that is there, <c>tuning TRIAL encode FOLDER</c> makes its encodings before. Choosing is done on the dev splits
/// only. Integers are measured with exact sums, as processors with VNNI and ARM have them.
/// </summary>
internal static class TuningBenchmark
{
    /// <summary>Labels by a small detector are wrong in 1 to 3 of 100 (the data's own README): they count less.</summary>
    private const double DetectorWeight = 0.7;

    private static readonly ImmutableArray<string> Encodings = [PackageEncoding.Int8, PackageEncoding.Int8Portable, PackageEncoding.Fp16];

    private const string Header =
        "trial,recipe,options,seed,training_pictures,voc_dev_accuracy,voc_dev_auc,pool_dev_accuracy,pool_dev_auc,"
        + "int8_voc_dev_accuracy,int8_voc_dev_auc,int8_pool_dev_accuracy,int8_pool_dev_auc,"
        + "int8_bytes,pictures_per_second,hours,used_for_choosing,int8_sums,machine";

    public static void Run(string[] arguments)
    {
        var (trial, recipeName, folder) = (arguments[0], arguments[1], arguments[2]);
        var started = Stopwatch.GetTimestamp();
        var data = new TuningData();
        if (recipeName is "judge" or "encode")
        {
            if (recipeName == "encode")
            {
                WriteTerms(ModelPackage.Open(folder));
                var result = PackageQuantizer.Quantize(
                    ModelPackage.Open(folder),
                    data.Training,
                    data.HeldOut,
                    new QuantizeOptions { Encodings = Encodings }
                );
                Console.WriteLine($"refused: {string.Join(", ", result.Refused)}");
                foreach (var report in result.Written)
                {
                    Console.WriteLine($"{report.Encoding}: {report.Points:0.00} points, {string.Join("; ", report.Recovery)}");
                }
            }

            var manifest = ModelPackage.Open(folder).Manifest;
            Append(
                data,
                folder,
                [
                    trial,
                    $"{(string?)manifest.Recipe["name"]}",
                    $"\"{string.Join(' ', arguments.Skip(3))}\"",
                    $"{manifest.Seed}",
                    $"{manifest.Dataset.Samples}",
                ],
                pace: null,
                hours: null
            );
            return;
        }

        var (training, heldOut, pool) = (data.Training, data.HeldOut, data.Pool);
        var recipe = RecipeCatalog.Open(recipeName);
        foreach (var pair in arguments.Skip(3).Where(argument => argument.Contains('=')))
        {
            recipe.Tuning![pair[..pair.IndexOf('=')]] = System.Text.Json.Nodes.JsonNode.Parse(pair[(pair.IndexOf('=') + 1)..]);
        }

        var soft = arguments.Contains("no-teacher") ? null : SoftLabels(training);
        var frozen = arguments.Contains("frozen");
        var last = 0L;
        var progress = new Reporter(step =>
        {
            if (
                Stopwatch.GetElapsedTime(last).TotalSeconds > 20
                || step.Features is null && !step.Step.StartsWith("epoch", StringComparison.Ordinal)
            )
            {
                last = Stopwatch.GetTimestamp();
                Console.WriteLine(
                    $"{Stopwatch.GetElapsedTime(started).TotalMinutes:0.0} min: {step.Step}"
                        + $"{(step.Features is { } f ? $" {f.Done}/{f.Total}" : "")}"
                );
            }
        });
        var options = new RetrainOptions
        {
            Out = folder,
            Name = arguments.FirstOrDefault(argument => argument.StartsWith("name:", StringComparison.Ordinal))?[5..],
            Terms = TuningData.Terms,
            Recipe = frozen ? recipe with { Tuning = null } : recipe,
            Encodings = new QuantizeOptions { Encodings = Encodings },
        };
        double pace = 0;
        if (frozen)
        {
            Console.WriteLine(Retrainer.RetrainAsync(training, heldOut, options, progress).GetAwaiter().GetResult().Evaluation);
        }
        else
        {
            using var stop = new CancellationTokenSource();
            using var signal = System.Runtime.InteropServices.PosixSignalRegistration.Create(
                System.Runtime.InteropServices.PosixSignal.SIGTERM,
                context =>
                {
                    context.Cancel = true;
                    stop.Cancel();
                }
            );
            var result = TunedRetrainer
                .RetrainAsync(
                    training,
                    heldOut,
                    new TunedRetrainOptions
                    {
                        Retrain = options,
                        SoftLabels = soft,
                        Weights = pool
                            .Samples.Where(sample => sample.Attributes.GetValueOrDefault("label_from") == "detector")
                            .ToDictionary(sample => sample.File, _ => DetectorWeight),
                    },
                    progress,
                    stop.Token
                )
                .GetAwaiter()
                .GetResult();
            pace = result.Report.PicturesPerSecond;
            foreach (var epoch in result.Report.Epochs)
            {
                Console.WriteLine(epoch);
            }

            Console.WriteLine($"frozen: {result.Before}\ntuned: {result.Retrain.Evaluation}\n{result.Comparison}\n{result.Report}");
            Console.WriteLine($"refused: {string.Join(", ", result.Retrain.Encodings!.Refused)}");
        }

        var row = new List<string>
        {
            trial,
            recipeName,
            $"\"{string.Join(' ', arguments.Skip(3)).Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
            recipe.Head.Seed.ToString(CultureInfo.InvariantCulture),
            training.Samples.Length.ToString(CultureInfo.InvariantCulture),
        };
        Append(data, folder, row, pace, Stopwatch.GetElapsedTime(started).TotalHours);
    }

    private static void WriteTerms(ModelPackage package)
    {
        var manifest = package.Manifest with { Dataset = package.Manifest.Dataset with { Terms = TuningData.Terms } };
        var files = manifest.Files.ToDictionary(
            file => file.Path,
            file => (ReadOnlyMemory<byte>)package.ReadBytes(file.Path),
            StringComparer.Ordinal
        );
        files[ModelCard.File] = System.Text.Encoding.UTF8.GetBytes(ModelCard.Write(manifest, files["model.onnx"].Length));
        ModelPackageWriter.Write(package.Folder, manifest, files);
    }

    private static void Append(TuningData data, string folder, List<string> row, double? pace, double? hours)
    {
        var package = ModelPackage.Open(folder);
        foreach (var encoding in new[] { PackageEncoding.Float32, PackageEncoding.Int8 })
        {
            foreach (var set in new[] { data.Voc.Only("dev"), data.Pool.Only("dev") })
            {
                var (accuracy, auc) = Measure(package, encoding, set);
                row.AddRange([
                    accuracy.ToString("0.0000", CultureInfo.InvariantCulture),
                    auc.ToString("0.0000", CultureInfo.InvariantCulture),
                ]);
            }
        }

        var bytes = new FileInfo(package.PathOf(package.Encoding(PackageEncoding.Int8).File)).Length;
        row.AddRange([
            bytes.ToString(CultureInfo.InvariantCulture),
            pace?.ToString("0.0", CultureInfo.InvariantCulture) ?? "",
            hours?.ToString("0.00", CultureInfo.InvariantCulture) ?? "",
            "dev sets only",
            "exact",
            $"\"{Machine.Text}\"",
        ]);
        var file = BenchmarkData.Results("tuning.csv");
        if (!File.Exists(file))
        {
            File.WriteAllText(file, Header + "\n");
        }

        File.AppendAllText(file, string.Join(',', row) + "\n");
        Console.WriteLine(string.Join(',', row));
    }

    private static (double Accuracy, double Auc) Measure(ModelPackage package, string encoding, Dataset set)
    {
        var proof = new PictureProof(package.Manifest.Input.ToSpec(), new ImageLimits());
        var model = package.ReadBytes(package.Encoding(encoding).File);
        var probabilities = proof.Probabilities(model, set.Samples, null, default);
        bool[] labels = [.. set.Samples.Select(sample => sample.IsPerson)];
        var report = Evaluator.Evaluate(probabilities, labels, package.Manifest.Threshold);
        return (report.Accuracy.Value, report.RocAuc.Value);
    }

    /// <summary>The recipe accurate's answers for training pictures, each by a head that was fitted without it: kept in the cache
    /// folder.</summary>
    private static Dictionary<string, double> SoftLabels(Dataset training)
    {
        var path = Path.Combine(CacheFolder.Sub("benchmarks"), "soft-accurate.csv");
        if (!File.Exists(path))
        {
            Console.WriteLine("asking the recipe accurate, out of fold");
            var recipe = RecipeCatalog.Open("accurate");
            var network = FeatureNetworkBuilder
                .BuildAsync(BackboneCatalog.Open(recipe.Backbone), recipe.Input, recipe.Features)
                .GetAwaiter()
                .GetResult();
            var features = new FeatureExtractor(network).Extract(training.Samples);
            var (_, probabilities) = new HeadTrainer(recipe.Head with { L2 = [0.3, 0.1] }).CrossFit(
                features.Samples,
                features.Table,
                network.Blocks
            );
            AtomicFile.WriteText(
                path,
                string.Concat(
                    features.Samples.Select(
                        (sample, i) => string.Create(CultureInfo.InvariantCulture, $"{sample.File},{probabilities[i]:0.00000}\n")
                    )
                )
            );
        }

        return File.ReadLines(path)
            .Select(line => line.Split(','))
            .GroupBy(parts => parts[0], StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => double.Parse(group.First()[1], CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
    }

    private sealed class Reporter(Action<RetrainProgress> action) : IProgress<RetrainProgress>
    {
        private readonly Lock _lock = new();

        public void Report(RetrainProgress value)
        {
            lock (_lock)
            {
                action(value);
            }
        }
    }
}
