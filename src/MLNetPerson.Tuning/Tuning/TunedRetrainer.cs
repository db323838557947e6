using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
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
using MLNetPerson.Tuning.Batches;

namespace MLNetPerson.Tuning;

/// <summary>A tuned retrain, but for the pictures.</summary>
public sealed record TunedRetrainOptions
{
    /// <summary>Recipe, folder, encodings. The recipe's block "tuning" decides how weights are learned.</summary>
    public required RetrainOptions Retrain { get; init; }

    /// <summary>A probability of a person for training pictures, by file name, in place of teachers: out-of-fold answers, say. Or
    /// null.</summary>
    public IReadOnlyDictionary<string, double>? SoftLabels { get; init; }

    /// <summary>How much training pictures count, by file name; 1 where a picture is not in it. Or null.</summary>
    public IReadOnlyDictionary<string, double>? Weights { get; init; }

    /// <summary>Where the checkpoint goes; null for the product's cache folder, under a name that recipe and pictures decide.</summary>
    public string? Checkpoint { get; init; }
}

/// <summary>What a tuned retrain did.</summary>
/// <param name="Retrain">As of every retrain; its numbers are those of the tuned model.</param>
/// <param name="Before">The frozen backbone with a head fitted on all training pictures, on the same held-out pictures.</param>
/// <param name="Comparison">Frozen against tuned on them, by McNemar's test.</param>
/// <param name="Report">The curves, and what was trained.</param>
public sealed record TunedRetrainResult(RetrainResult Retrain, EvaluationReport Before, PairedComparison Comparison, TuningReport Report);

/// <summary>How a tuning went.</summary>
/// <param name="Options">As they were.</param>
/// <param name="Epochs">As judged on pictures that the backbone did not see; number 0 is the frozen state.</param>
/// <param name="Best">Number of the epoch whose weights were kept.</param>
/// <param name="Stopped">Why it ended early, or null.</param>
/// <param name="TrainedValues">Numbers that were trained.</param>
/// <param name="FrozenLayers">Weighted layers, from the input, that kept their weights.</param>
/// <param name="TrainingPictures">That the backbone learned from.</param>
/// <param name="CalibrationPictures">That it did not see: tuning stopped by them, and the head was fitted again on them.</param>
/// <param name="PicturesPerSecond">Of training steps.</param>
/// <param name="WaitedForBatches">Share of their time that the network waited for pictures. Range [0, 1].</param>
/// <param name="Parity">Largest difference of a logit between Torch and ONNX Runtime, before and after.</param>
/// <param name="Notes">What happened on the way.</param>
public sealed record TuningReport(
    TuningOptions Options,
    ImmutableArray<EpochReport> Epochs,
    int Best,
    string? Stopped,
    long TrainedValues,
    int FrozenLayers,
    int TrainingPictures,
    int CalibrationPictures,
    double PicturesPerSecond,
    double WaitedForBatches,
    (double Before, double After) Parity,
    ImmutableArray<string> Notes
);

/// <summary>
/// From pictures to a package with a tuned backbone: a head on frozen features first, then the layers below it, then the head again on
/// pictures that the backbone did not see, and numbers on held-out pictures alone.
/// </summary>
public static class TunedRetrainer
{
    /// <summary>Share of the groups that are held out where the caller names none.</summary>
    public const double OwnHeldOut = 0.2;

    /// <summary>Pictures of each kind that the head is fitted again on, at least.</summary>
    private const int LeastOfAKind = 10;

    /// <summary>Penalties of the second fit, which corrects a head that is already good: stronger ones than the first fit's.</summary>
    private static readonly ImmutableArray<double> Corrections = [1000, 300, 100, 30, 10, 3, 1, 0.3, 0.1];

    /// <summary>How much more freely the second fit may scale the tuned head's own answer than change single features.</summary>
    private const double TrustInTunedHead = 1000;

    /// <summary>Tunes.</summary>
    /// <param name="training">What to learn from.</param>
    /// <param name="heldOut">What to report on; null: a fifth of the groups is taken out of <paramref name="training"/>.</param>
    /// <param name="options">Recipe and folder.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="stop">Ends the tuning after the step under way; the best so far becomes the package.</param>
    /// <param name="cancellation">Ends the work; nothing half-written is left.</param>
    /// <exception cref="TuningException">libtorch cannot be had, a node cannot be trained through, too few pictures, a teacher of another
    /// task, parity fails.</exception>
    /// <exception cref="RecipeException">The recipe or its block "tuning" has faults.</exception>
    /// <exception cref="DatasetException">The pictures are of one class.</exception>
    /// <exception cref="FeatureException">Too few pictures can be used.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static async Task<TunedRetrainResult> RetrainAsync(
        Dataset training,
        Dataset? heldOut,
        TunedRetrainOptions options,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken stop = default,
        CancellationToken cancellation = default
    )
    {
        var recipe = options.Retrain.Recipe;
        var tuning = Checked(recipe);
        options.Retrain.Encodings?.Check();
        ModelPackageWriter.CheckFree(options.Retrain.Out);
        if (heldOut is null)
        {
            var (own, taken) = HashSplit.Divide(training.Samples, OwnHeldOut, recipe.Head.Seed);
            (training, heldOut) = (training with { Samples = [.. own] }, training with { Samples = [.. taken] });
        }

        CheckKinds(training, "to tune on", LeastOfAKind);
        CheckKinds(heldOut, "held out", 1);
        using var teachers = new Teachers(tuning.Teachers);
        var (backbone, network) = await OpenAsync(recipe, progress, cancellation);
        return new Work(training, heldOut, options, tuning, backbone, network, teachers, progress, stop, cancellation).Run();
    }

    /// <summary>
    /// The learning rate range test on a recipe's own start: head fitted on frozen features, the recipe's pictures, batches and optimizer.
    /// Nothing is written, and the weights are thrown away.
    /// </summary>
    /// <param name="training">What to learn from.</param>
    /// <param name="options">Recipe; a folder for the package is not looked at.</param>
    /// <param name="test">From which rate to which, in how many steps; null for the defaults.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="TuningException">As for a tuned retrain; or the test's options are out of range, or the loss is not finite from the
    /// first step on.</exception>
    /// <exception cref="RecipeException">The recipe or its block "tuning" has faults.</exception>
    public static async Task<RateTestResult> FindRateAsync(
        Dataset training,
        TunedRetrainOptions options,
        RateTestOptions? test = null,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        test ??= new RateTestOptions();
        test.Check();
        var recipe = options.Retrain.Recipe;
        var tuning = Checked(recipe);
        CheckKinds(training, "to tune on", LeastOfAKind);
        using var teachers = new Teachers(tuning.Teachers);
        var (backbone, network) = await OpenAsync(recipe, progress, cancellation);
        return new Work(training, training, options, tuning, backbone, network, teachers, progress, default, cancellation).FindRate(test);
    }

    private static TuningOptions Checked(Recipe recipe)
    {
        var tuning = TuningRecipe.Of(recipe);
        return (recipe with { Tuning = null }).Fault() is { } fault
            ? throw new RecipeException($"Recipe '{recipe.Name}' has faults: {fault}.")
            : tuning;
    }

    private static async Task<(Backbone, FeatureNetwork)> OpenAsync(
        Recipe recipe,
        IProgress<RetrainProgress>? progress,
        CancellationToken cancellation
    )
    {
        await TorchRuntime.StartAsync(
            new Relay<NativeProgress>(at =>
                progress?.Report(
                    new RetrainProgress($"fetching libtorch, once: {at.Bytes / 1_000_000:N0} of about {at.Total / 1_000_000:N0} MB")
                )
            ),
            cancellation
        );
        progress?.Report(new RetrainProgress($"opening backbone {recipe.Backbone}"));
        var backbone = BackboneCatalog.Open(recipe.Backbone);
        return (backbone, await FeatureNetworkBuilder.BuildAsync(backbone, recipe.Input, recipe.Features, cancellation));
    }

    private static void CheckKinds(Dataset dataset, string what, int least)
    {
        var persons = dataset.Samples.Count(sample => sample.IsPerson);
        if (persons < least || dataset.Samples.Length - persons < least)
        {
            throw new TuningException(
                $"Of dataset '{dataset.Name}' {dataset.Samples.Length} pictures are {what}, {persons} of them with a person; at least "
                    + $"{least} of each kind are needed. Add pictures, or hold fewer out."
            );
        }
    }

    /// <summary>One run.</summary>
    private sealed class Work(
        Dataset training,
        Dataset heldOut,
        TunedRetrainOptions options,
        TuningOptions tuning,
        Backbone backbone,
        FeatureNetwork network,
        Teachers teachers,
        IProgress<RetrainProgress>? progress,
        CancellationToken stop,
        CancellationToken cancellation
    )
    {
        private readonly Recipe _recipe = options.Retrain.Recipe;

        public TunedRetrainResult Run()
        {
            // The frozen model first: what tuning starts from, and what it has to beat.
            var all = Extract(network, training, options.Retrain.Features, "features of the training pictures");
            var judged = Extract(network, heldOut, options.Retrain.Features, "features of the held-out pictures");
            var (before, beforeProbabilities, beforeThreshold) = Frozen(all, judged);
            var (input, kept) = Prepare(all);
            var settings = $"{tuning}|{string.Join(",", tuning.Sizes)}|{string.Join(",", tuning.Teachers)}|{input.Key}";
            var key = Sha256Text.OfBytes(Encoding.UTF8.GetBytes(settings))[..16];
            input = input with { Checkpoint = options.Checkpoint ?? Path.Combine(CacheFolder.Sub("tuning"), $"{key}.checkpoint") };
            var (tuned, parity) = Tune(input, kept);

            var network2 = new FeatureNetwork(
                network.Card with
                {
                    Origin = $"{network.Card.Origin}; tuned below the head on {training.Name}",
                },
                network.Input,
                network.Blocks,
                StoredFeatures(tuned.Graph)
            );
            var head2 = new LinearHead(
                tuned.Graph.Initializer(ModelAssembler.WeightsName)!.Floats(),
                tuned.Graph.Initializer(ModelAssembler.BiasName)!.Floats()[0]
            );
            return Export(
                all,
                judged,
                kept,
                network2,
                head2,
                tuned,
                parity,
                before,
                beforeProbabilities,
                beforeThreshold,
                input.Checkpoint!
            );
        }

        /// <summary>The range test on what a tuning would start from.</summary>
        public RateTestResult FindRate(RateTestOptions test)
        {
            var all = Extract(network, training, options.Retrain.Features, "features of the training pictures");
            var (input, _) = Prepare(all);
            return RateFinder.Run(tuning, input, test, progress, cancellation);
        }

        /// <summary>What a tuning starts from, and what it does not see.</summary>
        private (TunerInput Input, FeatureSet Kept) Prepare(FeatureSet all)
        {
            var (learned, kept) = Divide(all);
            var start = Fit(learned, "the tuned part");
            var graphs = new Dictionary<ImageSpec, OnnxGraph>();
            var pictures = Pictures(learned);
            var input = new TunerInput
            {
                Name = network.Card.Name,
                Graphs = spec => graphs.TryGetValue(spec, out var known) ? known : graphs[spec] = Logits(NetworkFor(spec), start),
                Spec = _recipe.Input,
                Training = pictures,
                HeldOut = [.. kept.Samples.Select(sample => TrainingPicture.Of(sample))],
                Teacher = teachers.Any && tuning.TeacherView == TeacherView.Augmented ? teachers.Answer : null,
                Key = Key(learned, kept, pictures),
                Limits = options.Retrain.Features.Limits,
            };
            return (input, kept);
        }

        private (EvaluationReport, double[], double) Frozen(FeatureSet all, FeatureSet judged)
        {
            var (head, report) = Trainer(_recipe.Head).Fit(all.Samples, all.Table, network.Blocks, null, Steps("frozen: "), cancellation);
            var threshold = ThresholdChooser.Choose(
                ThresholdRule.Parse(_recipe.Threshold),
                report.Calibration.Apply(report.OutOfFoldLogits),
                all.Labels
            );
            double[] probabilities = LogitCalibration.None.Apply(head.Logits(judged.Table));
            return (Evaluator.Evaluate(probabilities, judged.Labels, threshold, _recipe.Head.Seed), probabilities, threshold);
        }

        private LinearHead Fit(FeatureSet part, string what)
        {
            progress?.Report(new RetrainProgress($"fitting the head to start from on {what}"));
            return Trainer(_recipe.Head).Fit(part.Samples, part.Table, network.Blocks, null, null, cancellation).Head;
        }

        private HeadTrainer Trainer(HeadOptions head) => new(head, options.Retrain.Solver);

        private Relay<HeadProgress> Steps(string prefix) => new(step => progress?.Report(new RetrainProgress(prefix + step.Step)));

        /// <summary>Whole groups to the part that the backbone does not see.</summary>
        private (FeatureSet Learned, FeatureSet Kept) Divide(FeatureSet all)
        {
            var rows = Enumerable
                .Range(0, all.Samples.Length)
                .ToLookup(i => HashSplit.Position(all.Samples[i], tuning.Seed + 1) < tuning.HoldOut);
            var (learned, kept) = (Only(all, [.. rows[false]]), Only(all, [.. rows[true]]));
            foreach (var (part, what) in new[] { (learned, "to tune on"), (kept, "to stop by and to fit the head on again ('holdOut')") })
            {
                CheckKinds(training with { Samples = part.Samples }, what, LeastOfAKind);
            }

            // Known now, rather than after hours: the head is cross-validated on the part that is kept.
            return FoldAssignment.Most(kept.Samples) >= 2
                ? (learned, kept)
                : throw new TuningException(
                    $"Of the {kept.Samples.Length} pictures that the backbone does not see ('holdOut') two groups with a person and two "
                        + $"without are needed, to fit the head on; there are fewer. Raise 'holdOut', or take another 'seed' in the "
                        + $"block 'tuning'."
                );
        }

        private static FeatureSet Only(FeatureSet all, int[] rows)
        {
            var values = new float[rows.Length * all.Table.Width];
            for (var i = 0; i < rows.Length; i++)
            {
                all.Table.Row(rows[i]).CopyTo(values.AsSpan(i * all.Table.Width));
            }

            return new FeatureSet(
                [.. rows.Select(row => all.Samples[row])],
                new FeatureTable(rows.Length, all.Table.Width, values),
                [.. rows.Select(row => all.PictureHashes[row])],
                [],
                0
            );
        }

        private ImmutableArray<TrainingPicture> Pictures(FeatureSet learned)
        {
            double[]? answers = null;
            if (teachers.Any && tuning.TeacherView == TeacherView.Cached)
            {
                answers = teachers.Answers(
                    learned.Samples,
                    options.Retrain.Features.Limits,
                    done =>
                        progress?.Report(
                            new RetrainProgress("asking the teachers", new FeatureProgress(done, learned.Samples.Length, 0, 0))
                        ),
                    cancellation
                );
            }

            var balance = _recipe.Balance is { } attribute ? AttributeWeights.Of(learned.Samples, attribute).Values : null;
            var persons = learned.Samples.Count(sample => sample.IsPerson);
            return
            [
                .. learned.Samples.Select(
                    (sample, i) =>
                    {
                        var weight = (options.Weights?.TryGetValue(sample.File, out var given) == true ? given : 1) * (balance?[i] ?? 1);
                        weight *=
                            _recipe.Head.ClassWeights == ClassWeights.Balanced
                                ? learned.Samples.Length / (2.0 * (sample.IsPerson ? persons : learned.Samples.Length - persons))
                                : 1;
                        var soft =
                            answers is not null && !double.IsNaN(answers[i]) ? answers[i]
                            : options.SoftLabels?.TryGetValue(sample.File, out var said) == true ? said
                            : (double?)null;
                        return TrainingPicture.Of(sample, weight, soft);
                    }
                ),
            ];
        }

        private string Key(FeatureSet learned, FeatureSet kept, ImmutableArray<TrainingPicture> pictures)
        {
            var text = new StringBuilder(network.Sha256);
            text.Append(
                CultureInfo.InvariantCulture,
                $"|{ContentHash.Of(learned.Samples, learned.PictureHashes)}|{ContentHash.Of(kept.Samples, kept.PictureHashes)}|"
                    + $"{RecipeJson.Write(_recipe)}"
            );
            foreach (var picture in pictures)
            {
                text.Append(CultureInfo.InvariantCulture, $"|{picture.Weight:R} {picture.Soft:R}");
            }

            return Sha256Text.OfBytes(Encoding.UTF8.GetBytes(text.ToString()));
        }

        private FeatureNetwork NetworkFor(ImageSpec spec)
        {
            if (spec.Width == _recipe.Input.Width && spec.Height == _recipe.Input.Height)
            {
                return network;
            }

            try
            {
                return FeatureNetworkBuilder
                    .BuildAsync(backbone, _recipe.Input with { Width = spec.Width, Height = spec.Height }, _recipe.Features, cancellation)
                    .GetAwaiter()
                    .GetResult();
            }
            catch (BackboneException exception)
            {
                throw new TuningException(
                    $"'sizes' asks for {spec.Width} x {spec.Height}, and the backbone does not run there: {exception.Message} Leave that "
                        + $"size out.",
                    exception
                );
            }
        }

        private static OnnxGraph Logits(FeatureNetwork network, LinearHead head)
        {
            var graph = ModelAssembler.Assemble(network, head, 0.5);
            graph.Model.Graph.Output.Clear();
            new GraphBuilder(graph).Output(ModelAssembler.LogitName, TensorProto.Types.DataType.Float, -1, 1);
            graph.RemoveUnused();
            return graph;
        }

        private (TunerResult Result, (double, double) Parity) Tune(TunerInput input, FeatureSet kept)
        {
            using var tuner = new Tuner(tuning, input);
            var before = NetworkParity.Check(
                input.Graphs(new ImageSpec(input.Spec.Width, input.Spec.Height)),
                tuner.Logits,
                kept.Samples,
                input.Spec,
                "before tuning"
            );
            var result = tuner.Run(
                new Relay<TuningProgress>(at => progress?.Report(new RetrainProgress(at.ToString()))),
                stop,
                cancellation
            );
            var after = NetworkParity.Check(result.Graph, tuner.Logits, kept.Samples, input.Spec, "after tuning");
            return (result, (before, after));
        }

        private OnnxGraph StoredFeatures(OnnxGraph tuned)
        {
            var graph = network.Graph.Clone();
            foreach (var tensor in tuned.Initializers.Where(tensor => graph.IsConstant(tensor.Name)))
            {
                graph.SetInitializer(tensor.Clone());
            }

            return graph;
        }

        private FeatureSet Extract(FeatureNetwork of, Dataset dataset, FeatureOptions how, string step)
        {
            progress?.Report(new RetrainProgress(step, new FeatureProgress(0, dataset.Samples.Length, 0, 0)));
            return new FeatureExtractor(of, how).Extract(
                dataset.Samples,
                new Relay<FeatureProgress>(at => progress?.Report(new RetrainProgress(step, at))),
                cancellation
            );
        }

        private TunedRetrainResult Export(
            FeatureSet all,
            FeatureSet judged,
            FeatureSet kept,
            FeatureNetwork tunedNetwork,
            LinearHead tunedHead,
            TunerResult tuned,
            (double, double) parity,
            EvaluationReport before,
            double[] beforeProbabilities,
            double beforeThreshold,
            string checkpoint
        )
        {
            // Features of a network that exists once are not kept in the cache.
            var scratch = Directory.CreateTempSubdirectory("mlnetperson-tuned-");
            try
            {
                var how = options.Retrain.Features with { CacheFolder = scratch.FullName };
                var keptTuned = Extract(
                    tunedNetwork,
                    training with
                    {
                        Samples = kept.Samples,
                    },
                    how,
                    "tuned features to fit the head on again"
                );
                var judgedTuned = Extract(
                    tunedNetwork,
                    heldOut with
                    {
                        Samples = judged.Samples,
                    },
                    how,
                    "tuned features of the held-out pictures"
                );
                var (head, report) = Refit(keptTuned, tunedNetwork, tunedHead);
                var rule = ThresholdRule.Parse(_recipe.Threshold);
                var threshold = ThresholdChooser.Choose(rule, report.Calibration.Apply(report.OutOfFoldLogits), keptTuned.Labels);
                double[] probabilities = LogitCalibration.None.Apply(head.Logits(judgedTuned.Table));
                var evaluation = Evaluator.Evaluate(probabilities, judgedTuned.Labels, threshold, _recipe.Head.Seed);
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(new RetrainProgress($"exporting to {options.Retrain.Out}"));
                var exported = PackageExporter.Export(
                    new ExportRequest
                    {
                        Folder = options.Retrain.Out,
                        Name = options.Retrain.Name ?? $"{training.Name}-{_recipe.Name}",
                        Network = tunedNetwork,
                        Head = head,
                        Calibration = report.Calibration,
                        Threshold = threshold,
                        ThresholdRule = rule.ToString()!,
                        Metrics = MetricsMapping.ToPackage(evaluation, "held-out"),
                        Dataset = new PackageDataset(
                            training.Name,
                            ContentHash.Of(all.Samples, all.PictureHashes),
                            all.Samples.Length,
                            all.Labels.Count(isPerson => isPerson),
                            all.Skipped.Length
                        )
                        {
                            Terms = options.Retrain.Terms,
                        },
                        Trainer =
                            $"TorchSharp {TorchPlatform.TorchSharpVersion} ({tuning.Optimizer}), "
                            + $"{(options.Retrain.Solver ?? new BuiltinSolver()).Name}",
                        Budget = options.Retrain.Budget,
                        Recipe = (JsonObject)JsonNode.Parse(RecipeJson.Write(TuningRecipe.With(_recipe, tuning)))!,
                        Seed = _recipe.Head.Seed,
                        Features = keptTuned,
                        Limits = options.Retrain.Features.Limits,
                        KeepEncodings = options.Retrain.Encodings is not null,
                    }
                );
                var encodings = options.Retrain.Encodings is null
                    ? null
                    : PackageQuantizer.Quantize(
                        ModelPackage.Open(options.Retrain.Out),
                        training,
                        heldOut,
                        options.Retrain.Encodings,
                        new Relay<QuantizeProgress>(step => progress?.Report(RetrainProgress.Of(step))),
                        cancellation
                    );
                File.Delete(checkpoint);
                var result = new RetrainResult(
                    Path.GetFullPath(options.Retrain.Out),
                    evaluation,
                    "held-out",
                    report,
                    exported,
                    all.Samples.Length,
                    all.FromCache + judged.FromCache,
                    [.. all.Skipped, .. judged.Skipped],
                    encodings
                )
                {
                    Judged = new JudgedSet(
                        judgedTuned.Samples,
                        [.. probabilities],
                        ContentHash.Of(judgedTuned.Samples, judgedTuned.PictureHashes)
                    ),
                    Findings = DataFindings.Of(all, judged),
                };
                var comparison = PairedComparison.Of(
                    [.. beforeProbabilities.Select(p => p >= beforeThreshold)],
                    [.. probabilities.Select(p => p >= threshold)],
                    judgedTuned.Labels
                );
                var tuningReport = new TuningReport(
                    tuning,
                    tuned.Epochs,
                    tuned.Best,
                    tuned.Stopped,
                    tuned.TrainedValues,
                    tuning.FrozenLayers,
                    all.Samples.Length - kept.Samples.Length,
                    kept.Samples.Length,
                    tuned.PicturesPerSecond,
                    tuned.WaitedForBatches,
                    parity,
                    tuned.Notes
                );
                return new TunedRetrainResult(result, before, comparison, tuningReport);
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        }

        /// <summary>
        /// The tuned head, corrected on pictures that the backbone did not see: its own answer is one feature more, which the fit may scale
        /// freely, and every other feature's weight is a correction that a strong penalty keeps small. Where few pictures are there, it
        /// becomes a calibration.
        /// </summary>
        private (LinearHead Head, HeadReport Report) Refit(FeatureSet kept, FeatureNetwork of, LinearHead tuned)
        {
            var (rows, width) = (kept.Table.Rows, kept.Table.Width);
            var values = new float[rows * (width + 1)];
            var logits = tuned.Logits(kept.Table);
            for (var row = 0; row < rows; row++)
            {
                kept.Table.Row(row).CopyTo(values.AsSpan(row * (width + 1)));
                values[(row * (width + 1)) + width] = (float)logits[row];
            }

            var own = new FeatureBlock(
                new FeatureSpec
                {
                    Tap = "tuned head",
                    Pooling = Pooling.Average,
                    Weight = TrustInTunedHead,
                },
                width,
                1
            );
            var folds = Math.Min(_recipe.Head.Folds, FoldAssignment.Most(kept.Samples));
            var (head, report) = Trainer(_recipe.Head with { L2 = Corrections, Folds = folds })
                .Fit(
                    kept.Samples,
                    new FeatureTable(rows, width + 1, values),
                    [.. of.Blocks, own],
                    null,
                    Steps("after tuning: "),
                    cancellation
                );
            var scale = head.Weights[width];
            var weights = new float[width];
            for (var i = 0; i < width; i++)
            {
                weights[i] = head.Weights[i] + (scale * tuned.Weights[i]);
            }

            return (new LinearHead(weights, head.Bias + (scale * tuned.Bias)), report);
        }
    }
}
