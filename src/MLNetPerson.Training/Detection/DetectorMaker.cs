using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Training.Detection;

/// <summary>What of a detector is fitted on pictures with boxes.</summary>
public enum DetectorFit
{
    /// <summary>The last layer of the scores, then their calibration.</summary>
    Head,

    /// <summary>Only what scores mean: one slope, and a bias for each level. For a few dozen pictures.</summary>
    Calibration,
}

/// <summary>How a detector's package is made.</summary>
public sealed record DetectorOptions
{
    /// <summary>Folder for the package.</summary>
    public required string Out { get; init; }

    /// <summary>What to call the package; null for the folder's name.</summary>
    public string? Name { get; init; }

    /// <summary>What it is made from.</summary>
    public required DetectorRecipe Recipe { get; init; }

    /// <summary>What is fitted where training pictures are given.</summary>
    public DetectorFit Fit { get; init; } = DetectorFit.Head;

    /// <summary>Which thresholds of suppression are tried on the training pictures.</summary>
    public SuppressionSearchOptions Search { get; init; } = new();

    /// <summary>Pictures that may be unusable before the run fails. Range [0, ∞).</summary>
    public int MaxBad { get; init; } = int.MaxValue;

    /// <summary>What a picture may ask for.</summary>
    public ImageLimits Limits { get; init; } = new();
}

/// <summary>What the making of a detector did.</summary>
/// <param name="Package">Full path.</param>
/// <param name="Manifest">What was written.</param>
/// <param name="Frontier">The search for thresholds; null where the published ones were kept.</param>
/// <param name="Report">How the package does: on held-out pictures, or cross-validated; null where there were no pictures.</param>
/// <param name="FitSeconds">Time of fitting and searching, without running the network over the pictures.</param>
/// <param name="Skipped">Pictures that could not be used.</param>
public sealed record DetectorResult(
    string Package,
    PackageManifest Manifest,
    SuppressionFrontier? Frontier,
    DetectionReport? Report,
    double FitSeconds,
    ImmutableArray<SkippedSample> Skipped
);

/// <summary>Makes a detector's package: the published network with its heads cut down to the person, fitted on pictures with boxes where
/// there are any.</summary>
public static class DetectorMaker
{
    private const string ModelFile = "model.onnx";

    /// <summary>Probability from which on the published detector's boxes are shown, where nothing was learned about them.</summary>
    private const double PublishedThreshold = 0.5;

    /// <summary>Makes the package.</summary>
    /// <param name="training">Pictures with boxes; null leaves everything as published.</param>
    /// <param name="heldOut">Pictures to judge the package on; null for cross-validation on the training pictures.</param>
    /// <param name="options">What, from what, where to.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work; nothing is written then.</param>
    /// <exception cref="BackboneException">The backbone cannot be had or has no detection heads.</exception>
    /// <exception cref="DetectionException">The pictures teach nothing: all boxes are right, or none is.</exception>
    /// <exception cref="FeatureException">Too many pictures are unusable.</exception>
    /// <exception cref="PackageException">The folder holds something else than a package.</exception>
    public static async Task<DetectorResult> MakeAsync(
        BoxedDataset? training,
        BoxedDataset? heldOut,
        DetectorOptions options,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ModelPackageWriter.CheckFree(options.Out);
        if (options.Recipe.Fault() is { } fault)
        {
            throw new DetectionException($"Recipe '{options.Recipe.Name}' has faults: {fault}.");
        }

        progress?.Report(new RetrainProgress("building the network"));
        var published = await DetectorNetworkBuilder.BuildAsync(
            BackboneCatalog.Open(options.Recipe.Backbone),
            options.Recipe.Input,
            cancellation
        );
        List<SkippedSample> skipped = [];
        var learned = training is null
            ? Learned.Nothing(published)
            : await Task.Run(() => Learn(published, training, options, skipped, progress, cancellation), cancellation);
        var network = learned.Head is { } head ? head.ApplyTo(published) : published;
        var graph = DetectorTail.Append(network);
        var model = graph.ToBytes();

        var (report, source) = (learned.CrossValidated, "cross-validated: each judged by a head that was fitted without it");
        if (heldOut is not null)
        {
            report = DetectorPackageEvaluator
                .Evaluate(
                    model,
                    options.Recipe.Input,
                    learned.Suppression with
                    {
                        ScoreThreshold = Math.Max(learned.Suppression.ScoreThreshold, Candidates.Floor),
                    },
                    heldOut,
                    new DetectionOptions(),
                    options.Limits,
                    options.MaxBad,
                    new Counting(progress, $"judging {heldOut.Name}"),
                    cancellation
                )
                .Report;
            source = "held-out";
        }

        progress?.Report(new RetrainProgress("writing the package"));
        var cost = GraphCost.Of(graph, options.Recipe.Input.Height, options.Recipe.Input.Width);
        var manifest = DetectorFiles.Write(
            options.Out,
            Manifest(published, learned, options, training, report, source, cost),
            new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { [ModelFile] = model }
        );
        return new DetectorResult(Path.GetFullPath(options.Out), manifest, learned.Frontier, report, learned.Seconds, [.. skipped]);
    }

    /// <summary>What training pictures taught.</summary>
    private sealed record Learned(
        DetectorHead? Head,
        LevelCalibration Calibration,
        SuppressionOptions Suppression,
        double Threshold,
        string ThresholdRule,
        SuppressionFrontier? Frontier,
        DetectionReport? CrossValidated,
        double Seconds
    )
    {
        public static Learned Nothing(DetectorNetwork network)
        {
            var detector = network.Card.Detector!;
            return new Learned(
                null,
                LevelCalibration.None(network.Maps.Length),
                new SuppressionOptions(detector.IouThreshold, detector.ScoreThreshold, detector.MostBoxes),
                PublishedThreshold,
                "as published: nothing was learned",
                null,
                null,
                0
            );
        }
    }

    private static Learned Learn(
        DetectorNetwork network,
        BoxedDataset training,
        DetectorOptions options,
        List<SkippedSample> skipped,
        IProgress<RetrainProgress>? progress,
        CancellationToken cancellation
    )
    {
        var (pictures, input, fit) = (training.Pictures, options.Recipe.Input, options.Recipe.Fit);
        var rows = HeadRows.Gather(
            network,
            pictures,
            options.Limits,
            skipped,
            new Counting(progress, $"looking at {training.Name}"),
            cancellation
        );
        DetectorPackageEvaluator.CheckBad(skipped, pictures.Length, options.MaxBad);
        progress?.Report(new RetrainProgress("fitting the heads"));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var suppression = new SuppressionOptions(fit.IouThreshold, 0, options.Search.MostBoxes);
        var seen = HeadFitter.Judge(rows, pictures, input, row => row.Logit, suppression);
        CheckBoth(seen, training.Name);
        var fold = Folds(pictures, fit);
        DetectorHead[] heads =
            options.Fit == DetectorFit.Calibration
                ? []
                :
                [
                    .. Enumerable
                        .Range(0, fit.Folds)
                        .Select(part => HeadFitter.Fit(network, [.. seen.Where(box => fold[box.Row.Picture] != part)], fit, cancellation)),
                ];

        // Every picture is judged by a head that was fitted without it.
        double Logit(HeadRow row) => heads.Length == 0 ? row.Logit : heads[fold[row.Picture]].Logit(row);
        var fresh = HeadFitter.Judge(rows, pictures, input, Logit, suppression);
        CheckBoth(fresh, training.Name);
        var byLevel = LevelCalibration.Fit(
            [.. fresh.Select(box => (box.Logit, box.Row.Level, box.IsRight))],
            network.Maps.Length,
            perLevel: true
        );
        double Calibrated(HeadRow row) => (byLevel.Slope * Logit(row)) + byLevel.Offsets[row.Level];
        progress?.Report(new RetrainProgress("searching thresholds of suppression"));
        PictureCandidates?[] candidates = [.. rows.AsParallel().AsOrdered().Select(one => one?.Candidates(Calibrated))];
        var frontier = SuppressionSearch.Run(candidates, pictures, input, options.Search, cancellation);
        var chosen = new SuppressionOptions(frontier.Chosen.IouThreshold, frontier.Chosen.ScoreThreshold, options.Search.MostBoxes);

        // With those thresholds other boxes are left: what a probability means is fitted once more, and no two boxes change places.
        var left = HeadFitter.Judge(rows, pictures, input, Calibrated, chosen);
        CheckBoth(left, training.Name);
        var last = LevelCalibration.Fit(
            [.. left.Select(box => (box.Logit, box.Row.Level, box.IsRight))],
            network.Maps.Length,
            perLevel: false
        );
        var calibration = byLevel.Then(last);
        double Probability(double logit) => 1 / (1 + Math.Exp(-((last.Slope * logit) + last.Offsets[0])));
        var score = Probability(Math.Log(chosen.ScoreThreshold / (1 - chosen.ScoreThreshold)));
        var persons = pictures.Where((_, i) => rows[i] is not null).Sum(one => one.Truth.Count(box => box.Role == BoxRole.Person));
        var threshold = BestF1([.. left.Select(box => (Probability(box.Logit), box.IsRight))], persons);
        var final = options.Fit == DetectorFit.Calibration ? DetectorHead.Of(network) : HeadFitter.Fit(network, seen, fit, cancellation);
        var seconds = watch.Elapsed.TotalSeconds;
        progress?.Report(new RetrainProgress("measuring out of fold"));
        var crossValidated = DetectionEvaluator.Evaluate(Candidates.Judge(candidates, pictures, input, chosen));
        return new Learned(
            final.With(calibration),
            calibration,
            chosen with
            {
                ScoreThreshold = score,
            },
            threshold,
            "largest F1 of boxes at an overlap of 0.5, out of fold",
            frontier,
            crossValidated,
            seconds
        );
    }

    /// <summary>Which part each picture belongs to; pictures of one group are in one part.</summary>
    private static int[] Folds(ImmutableArray<BoxedPicture> pictures, HeadFitOptions fit) =>
        [.. pictures.Select(picture => (int)(HashSplit.Position(picture.Sample, fit.Seed) * fit.Folds))];

    private static void CheckBoth(List<JudgedRow> boxes, string dataset)
    {
        var right = boxes.Count(box => box.IsRight);
        if (right == 0 || right == boxes.Count)
        {
            throw new DetectionException(
                $"Dataset '{dataset}' teaches nothing: of the {boxes.Count} boxes that the detector finds {right} have a person, and "
                    + "fitting "
                    + "needs right ones and wrong ones. Give more pictures, or check that boxes and pictures belong together."
            );
        }
    }

    /// <summary>The probability from which on right boxes and missed persons weigh up best.</summary>
    private static double BestF1(List<(double Probability, bool IsRight)> boxes, int persons)
    {
        var (best, threshold, right, count) = (-1.0, 0.5, 0, 0);
        foreach (var box in boxes.OrderByDescending(box => box.Probability))
        {
            count++;
            right += box.IsRight ? 1 : 0;
            var f1 = 2.0 * right / (count + persons);
            if (f1 > best)
            {
                (best, threshold) = (f1, box.Probability);
            }
        }

        return threshold;
    }

    private static PackageManifest Manifest(
        DetectorNetwork network,
        Learned learned,
        DetectorOptions options,
        BoxedDataset? training,
        DetectionReport? report,
        string source,
        GraphCost cost
    )
    {
        var input = options.Recipe.Input;
        var fitted = learned.Frontier is { } frontier
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"best {frontier.Measure} of {frontier.Points.Length} pairs on {frontier.Pictures} pictures, out of fold"
            )
            : "as published";
        return new PackageManifest
        {
            SchemaVersion = PackageManifest.CurrentSchemaVersion,
            Task = PackageManifest.DetectionTask,
            Name = options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Out))),
            CreatedBy = ProductVersion.Text,
            Labels = ["none", "person"],
            Input = new PackageInput
            {
                Width = input.Width,
                Height = input.Height,
                Resize = input.Resize,
            },
            Output = new PackageOutput { Tensor = SuppressionPart.OutputName },
            Threshold = learned.Threshold,
            ThresholdRule = learned.ThresholdRule,
            Calibration = new PackageCalibration(
                learned.Frontier is null ? "none" : "platt by level",
                learned.Calibration.Slope,
                learned.Calibration.Offsets.Average()
            ),
            Metrics = new PackageMetrics(
                report is null ? "not measured" : source,
                report?.Pictures ?? 0,
                (report?.Values ?? new Dictionary<string, Estimate>())
                    .Where(entry => double.IsFinite(entry.Value.Value))
                    .ToDictionary(
                        entry => entry.Key,
                        entry => new PackageMetric(entry.Value.Value, entry.Value.Interval.Low, entry.Value.Interval.High)
                    )
            ),
            Dataset = new PackageDataset(
                training?.Name ?? "none: as published",
                training is null
                    ? ""
                    : ContentHash.Of(
                        [.. training.Pictures.Select(picture => picture.Sample)],
                        [.. training.Pictures.Select(picture => HashOf(picture))]
                    ),
                training?.Pictures.Length ?? 0,
                training?.Pictures.Count(picture => picture.Truth.Length > 0) ?? 0,
                training?.LeftOut.Length ?? 0
            ),
            Backbone = new PackageBackbone(network.Card.Name, network.Card.Origin, network.Card.Licence, cost.Macs, cost.Parameters),
            Trainer =
                learned.Head is null ? "published"
                : options.Fit == DetectorFit.Head ? "builtin: last layer"
                : "builtin: calibration",
            Recipe = options.Recipe.ToJson(),
            Seed = options.Recipe.Fit.Seed,
            Encodings = [new PackageEncoding(PackageEncoding.Float32, ModelFile, DetectorFiles.FloatTolerance)],
            Detection = new PackageDetection
            {
                Candidates = network.Candidates,
                IouThreshold = learned.Suppression.IouThreshold,
                ScoreThreshold = learned.Suppression.ScoreThreshold,
                MostBoxes = learned.Suppression.MostBoxes,
                Rule = fitted,
                Levels = [.. network.Maps.Select(map => map.Map)],
            },
            Goldens = [],
            Files = [],
        };
    }

    /// <summary>Of the picture and its boxes; a file that has gone counts by its name.</summary>
    private static string HashOf(BoxedPicture picture)
    {
        try
        {
            return Sha256Text.OfFile(picture.Sample.Path) + string.Concat(picture.Truth);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return picture.Sample.File;
        }
    }

    private sealed class Counting(IProgress<RetrainProgress>? progress, string step) : IProgress<FeatureProgress>
    {
        public void Report(FeatureProgress value) => progress?.Report(new RetrainProgress(step, value));
    }
}
