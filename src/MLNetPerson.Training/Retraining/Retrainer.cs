using System.Text.Json.Nodes;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Retraining;

/// <summary>From pictures to a package: features, head, threshold, honest numbers, export.</summary>
public static class Retrainer
{
    /// <summary>Retrains. What was extracted before an interruption is not extracted again.</summary>
    /// <param name="training">What to fit on.</param>
    /// <param name="heldOut">
    /// What to report on; threshold, penalty and calibration never see it. Null: the numbers are cross-validated, each picture
    /// judged by a head, a penalty, a calibration and a threshold in which it had no part.
    /// </param>
    /// <param name="options">Recipe and folder.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work; nothing half-written is left.</param>
    /// <exception cref="BackboneException">The backbone cannot be had or does not fit the recipe.</exception>
    /// <exception cref="DatasetException">The training pictures are of one kind, or a picture has both labels.</exception>
    /// <exception cref="FeatureException">Too few pictures can be used.</exception>
    /// <exception cref="HeadException">The solver does not go with the recipe (before any work), the samples do not suffice for the folds,
    /// or the solver cannot fit them.</exception>
    /// <exception cref="ExportException">The export was refused.</exception>
    /// <exception cref="QuantizationException">The options for encodings are out of range, or the model cannot be quantized; the float
    /// package is there by then.</exception>
    /// <exception cref="PackageException">The folder holds something else than a package.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static async Task<RetrainResult> RetrainAsync(
        Dataset training,
        Dataset? heldOut,
        RetrainOptions options,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var recipe = options.Recipe;
        if (recipe.Fault() is { } fault)
        {
            throw new RecipeException($"Recipe '{recipe.Name}' has faults: {fault}.");
        }

        if (recipe.Tuning is not null)
        {
            throw new RecipeException(
                $"Recipe '{recipe.Name}' has a block 'tuning', and a frozen backbone was asked for. Retrain with --tune (TunedRetrainer of "
                    + $"MLNetPerson.Tuning), or take the block out."
            );
        }

        options.Encodings?.Check();
        var trainer = new HeadTrainer(recipe.Head, options.Solver);
        if (recipe.Balance is not null)
        {
            trainer.CheckTakesSampleWeights();
        }

        ModelPackageWriter.CheckFree(options.Out);
        CheckBothClasses(training);
        progress?.Report(new RetrainProgress($"opening backbone {recipe.Backbone}"));
        var network = await FeatureNetworkBuilder.BuildAsync(
            BackboneCatalog.Open(recipe.Backbone),
            recipe.Input,
            recipe.Features,
            cancellation
        );
        if (options.Encodings is { } wanted)
        {
            EncodingMaker.Check(network.Graph, wanted.Encodings);
        }

        var (features, judged) = Extract(network, training, heldOut, options.Features, progress, cancellation);
        OneLabelPerPicture.Check(features, judged);
        var solver = options.Solver;
        if (features.Table.IsMapped && options.SolverOfLargeTables is { } large)
        {
            solver = large;
            trainer = new HeadTrainer(recipe.Head, solver);
            progress?.Report(
                new RetrainProgress(
                    $"{features.Table.Rows} rows of {features.Table.Width} features are more than memory is given: trainer '{large.Name}' "
                        + "goes through them on disk"
                )
            );
        }

        GiveBack(features.Table);
        var steps = progress.Relayed<HeadProgress>(step => new RetrainProgress(step.Step));
        var weights = recipe.Balance is { } attribute ? AttributeWeights.Of(features.Samples, attribute) : null;
        var (head, report) = trainer.Fit(features.Samples, features.Table, network.Blocks, weights?.Values, steps, cancellation);
        GiveBack(features.Table);
        var rule = ThresholdRule.Parse(recipe.Threshold);
        var threshold = ThresholdChooser.Choose(rule, report.Calibration.Apply(report.OutOfFoldLogits), features.Labels);
        double[] probabilities = judged is null
            ? [.. report.CrossFittedProbabilities]
            : LogitCalibration.None.Apply(head.Logits(judged.Table));
        var evaluation = judged is null
            ? CrossFittedEvaluation.Evaluate(rule, threshold, report, features.Labels, recipe.Head.Seed)
            : Evaluator.Evaluate(probabilities, judged.Labels, threshold, recipe.Head.Seed);

        var balance = weights is null
            ? null
            : BalanceCost.Measure(recipe, trainer, network, features, judged, weights, head, report, evaluation, rule, steps, cancellation);
        cancellation.ThrowIfCancellationRequested();
        GiveBack(features.Table);
        progress?.Report(new RetrainProgress($"exporting to {options.Out}"));
        var source = judged is null ? "cross-validated" : "held-out";
        var exported = PackageExporter.Export(
            new ExportRequest
            {
                Folder = options.Out,
                Name = options.Name ?? $"{training.Name}-{recipe.Name}",
                Network = network,
                Head = head,
                Calibration = report.Calibration,
                Threshold = threshold,
                ThresholdRule = rule.ToString()!,
                Metrics = MetricsMapping.ToPackage(evaluation, source),
                Dataset = new PackageDataset(
                    training.Name,
                    ContentHash.Of(features.Samples, features.PictureHashes),
                    features.Samples.Length,
                    features.Labels.Count(isPerson => isPerson),
                    features.Skipped.Length
                )
                {
                    Terms = options.Terms,
                },
                Trainer = (solver ?? new BuiltinSolver()).Name,
                Budget = options.Budget,
                Recipe = (JsonObject)JsonNode.Parse(RecipeJson.Write(recipe))!,
                Seed = recipe.Head.Seed,
                Features = features,
                Limits = options.Features.Limits,
                KeepEncodings = options.Encodings is not null,
            }
        );
        var encodings = options.Encodings is null
            ? null
            : PackageQuantizer.Quantize(
                ModelPackage.Open(options.Out),
                training,
                heldOut,
                options.Encodings,
                progress.Relayed<QuantizeProgress>(RetrainProgress.Of),
                cancellation
            );
        return new RetrainResult(
            Path.GetFullPath(options.Out),
            evaluation,
            source,
            report,
            exported,
            features.Samples.Length,
            features.FromCache + (judged?.FromCache ?? 0),
            [.. features.Skipped, .. judged?.Skipped ?? []],
            encodings,
            balance
        )
        {
            Judged = new JudgedSet(
                (judged ?? features).Samples,
                [.. probabilities],
                ContentHash.Of((judged ?? features).Samples, (judged ?? features).PictureHashes)
            ),
            Findings = DataFindings.Of(features, judged),
        };
    }

    /// <summary>Where a table is larger than memory, each step's garbage goes back before the next begins: a million names and their copies
    /// would stay until the collector is pressed.</summary>
    private static void GiveBack(FeatureTable table)
    {
        if (table.IsMapped)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    private static void CheckBothClasses(Dataset dataset)
    {
        var persons = dataset.Samples.Count(sample => sample.IsPerson);
        if (persons == 0 || persons == dataset.Samples.Length)
        {
            throw new DatasetException(
                $"Dataset '{dataset.Name}' has {dataset.Samples.Length} pictures, {persons} of them with a person. A classifier needs "
                    + $"pictures of both kinds."
            );
        }
    }

    private static (FeatureSet Training, FeatureSet? HeldOut) Extract(
        FeatureNetwork network,
        Dataset training,
        Dataset? heldOut,
        FeatureOptions options,
        IProgress<RetrainProgress>? progress,
        CancellationToken cancellation
    )
    {
        var extractor = new FeatureExtractor(network, options);
        return (
            Run(training, "features of the training pictures"),
            heldOut is null ? null : Run(heldOut, "features of the held-out pictures")
        );

        FeatureSet Run(Dataset dataset, string step)
        {
            progress?.Report(new RetrainProgress(step, new FeatureProgress(0, dataset.Samples.Length, 0, 0)));
            return extractor.Extract(
                dataset.Samples,
                progress.Relayed<FeatureProgress>(features => new RetrainProgress(step, features)),
                cancellation
            );
        }
    }
}
