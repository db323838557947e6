using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Packaging;
using MLNetPerson.Timing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Bundles;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Retraining.Sizes;

/// <summary>
/// Chooses a recipe's size for a budget. What has to fit is the upper end of the 95th percentile's interval of the way from a picture's
/// file to its answer, at one thread, by the encoding that this machine would use: nearly every answer is to come in time, and decoding is
/// waited for too. Of the sizes that fit it takes the most accurate by cross-validation over the training pictures, so that held-out
/// pictures choose nothing.
/// </summary>
public static class BudgetChooser
{
    private const int ProbePictures = 8;
    private const double ProbeThreshold = 0.5;

    private const string MeasuredWhat = "file to answer, 95th percentile, one thread; the upper end of its 95 % interval has to fit";
    private const string EstimatedWhat = "the model alone, four threads; the upper end of the estimate has to fit. ESTIMATE, not measured";

    /// <summary>Chooses.</summary>
    /// <param name="training">What the package is to be fitted on.</param>
    /// <param name="options">As the retrain will run, but for the size.</param>
    /// <param name="budget">What may be chosen, and what it may take.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work; what is finished is kept.</param>
    /// <returns>The recipe at the chosen size, and the record for the package's manifest.</returns>
    /// <exception cref="BudgetException">Nothing fits; the message names the fastest.</exception>
    /// <exception cref="RecipeException">An option is out of range.</exception>
    /// <exception cref="BackboneException">The backbone cannot be had, or does not take a size.</exception>
    /// <exception cref="FeatureException">Too few pictures can be used.</exception>
    public static async Task<(Recipe Recipe, PackageBudget Budget)> ChooseAsync(
        Dataset training,
        RetrainOptions options,
        SizeBudget budget,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (budget.Fault() is { } fault)
        {
            throw new RecipeException($"The budget has faults: {fault}.");
        }

        options.Encodings?.Check();
        var cpu = budget.Board is null
            ? CpuFeatures.Current
            : BundleTarget.All.First(target => target.Boards.Contains(budget.Board)).Processor;
        var encoding = EncodingChoice
            .Of(
                [
                    .. new[] { PackageEncoding.Float32 }
                        .Concat(options.Encodings?.Encodings ?? [])
                        .Select(name => new PackageEncoding(name, name, 0)),
                ],
                cpu
            )
            .Encoding.Name;
        List<(int Side, OnnxGraph Graph)> probes = [];
        progress?.Report(new RetrainProgress("building the networks"));
        foreach (var side in budget.Sides.Distinct().Order())
        {
            probes.Add((side, await ProbeAsync(SizeModels.At(options.Recipe, side), cancellation)));
        }

        progress?.Report(
            new RetrainProgress(budget.Board is null ? $"timing {probes.Count} sizes as {encoding}" : $"estimating {probes.Count} sizes")
        );
        var trials = budget.Board is { } board
            ? Estimate(probes, board, encoding, budget)
            : Measure(probes, training, options, encoding, budget, cancellation);
        if (!trials.Any(trial => trial.Fits))
        {
            throw new BudgetException(Refusal(trials, encoding, budget, options.Encodings is null));
        }

        trials = await WithAccuracyAsync(trials, training, options, budget.WorkFolder, progress, cancellation);
        var chosen = trials
            .Where(trial => trial.Fits)
            .OrderByDescending(trial => trial.Accuracy!.Value)
            .ThenBy(trial => trial.Side)
            .First();
        var record = new PackageBudget(
            budget.Milliseconds,
            budget.Board is null ? PackageBudget.Measured : PackageBudget.Estimated,
            budget.Board is null ? MeasuredWhat : EstimatedWhat,
            budget.Board is null ? $"{cpu}, ONNX Runtime {OnnxModel.RuntimeVersion}" : FrameRateEstimator.Boards[budget.Board],
            encoding,
            chosen.Side,
            [.. trials]
        );
        return (SizeModels.At(options.Recipe, chosen.Side), record);
    }

    /// <summary>Times a finished package as its budget was measured.</summary>
    /// <param name="package">With a measured budget.</param>
    /// <param name="dataset">For pictures to ask about.</param>
    /// <param name="seconds">For the measurement.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The 95th percentile with its interval, and whether it fits.</returns>
    public static BudgetTrial Verify(ModelPackage package, Dataset dataset, double seconds, CancellationToken cancellation = default)
    {
        using var classifier = PersonClassifier.Load(package.Folder);
        var (pictures, next) = (SizeSweep.Pictures(dataset, new ImageLimits()), 0);
        var times = Turns.Measure([() => classifier.Predict(pictures[next++ % pictures.Length])], seconds, cancellation: cancellation)[0];
        return Trial(package.Manifest.Input.Width, times, package.Manifest.Budget!.Milliseconds);
    }

    /// <summary>A model of the right shape whose head knows nothing: time does not depend on what was learned.</summary>
    private static async Task<OnnxGraph> ProbeAsync(Recipe recipe, CancellationToken cancellation)
    {
        var network = await SizeModels.NetworkAsync(recipe, cancellation);
        var random = new Random(recipe.Head.Seed);
        float[] weights = [.. Enumerable.Range(0, network.Width).Select(_ => (float)(random.NextDouble() - 0.5) / network.Width)];
        return ModelAssembler.Assemble(network, new LinearHead(weights, 0), ProbeThreshold);
    }

    private static List<BudgetTrial> Estimate(List<(int Side, OnnxGraph Graph)> probes, string board, string encoding, SizeBudget budget) =>
        [
            .. probes.Select(probe =>
            {
                var estimate = FrameRateEstimator.Estimate(board, encoding, GraphCost.Of(probe.Graph, probe.Side, probe.Side).Macs);
                var (low, high) = (estimate.LowMilliseconds, estimate.HighMilliseconds);
                return new BudgetTrial(probe.Side, Math.Sqrt(low * high), low, high, high <= budget.Milliseconds);
            }),
        ];

    private static List<BudgetTrial> Measure(
        List<(int Side, OnnxGraph Graph)> probes,
        Dataset training,
        RetrainOptions options,
        string encoding,
        SizeBudget budget,
        CancellationToken cancellation
    )
    {
        var pictures = SizeSweep.Pictures(training, options.Features.Limits);
        List<OnnxModel> models = [];
        try
        {
            List<Action> runs = [];
            foreach (var (side, graph) in probes)
            {
                cancellation.ThrowIfCancellationRequested();
                var model = OnnxModel.Load(Encode(graph, side, options, encoding), $"probe of {side} pixels");
                models.Add(model);
                runs.Add(Whole(model, options.Recipe.Input with { Width = side, Height = side }, pictures, options.Features.Limits));
            }

            var times = Turns.Measure(runs, budget.Seconds, cancellation: cancellation);
            return [.. probes.Zip(times, (probe, time) => Trial(probe.Side, time, budget.Milliseconds))];
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
    }

    private static BudgetTrial Trial(int side, LatencySummary times, double budget) =>
        new(side, times.P95, times.P95Low!.Value, times.P95High!.Value, times.P95High <= budget);

    /// <summary>The probe in the numbers that this machine would run, calibrated on drawn pictures: time does not depend on ranges
    /// either.</summary>
    private static byte[] Encode(OnnxGraph graph, int side, RetrainOptions options, string encoding)
    {
        if (encoding == PackageEncoding.Float32)
        {
            return graph.ToBytes();
        }

        var spec = options.Recipe.Input with { Width = side, Height = side };
        var maker = new EncodingMaker(
            graph,
            [
                .. Enumerable
                    .Range(0, ProbePictures)
                    .Select(seed => (Func<byte[]>)(() => GoldenPictures.Draw(spec, seed, figures: seed % 4).Pixels)),
            ],
            [1, side, side, 3],
            options.Encodings!
        );
        return maker.Candidates(encoding, CancellationToken.None).First().Model;
    }

    /// <summary>What <see cref="PersonClassifier.Predict(string)"/> does.</summary>
    private static Action Whole(OnnxModel model, ImageSpec spec, ImmutableArray<string> pictures, ImageLimits limits)
    {
        var (reader, pixels, probability, next) = (new ImageReader(limits), new byte[spec.ByteCount], new float[1], 0);
        return () =>
        {
            var picture = pictures[next++ % pictures.Length];
            reader.ReadResized(reader.ReadBytes(picture), spec, pixels, picture);
            model.Run<byte>(pixels, [1, spec.Height, spec.Width, 3], probability);
        };
    }

    private static async Task<List<BudgetTrial>> WithAccuracyAsync(
        List<BudgetTrial> trials,
        Dataset training,
        RetrainOptions options,
        string? workFolder,
        IProgress<RetrainProgress>? progress,
        CancellationToken cancellation
    )
    {
        var sizes = new SizeOptions
        {
            Recipe = options.Recipe,
            Sides = [.. trials.Select(trial => trial.Side)],
            Solver = options.Solver,
            Features = options.Features,
            WorkFolder = workFolder,
        };
        var models = new SizeModels(training, null, sizes, progress);
        List<BudgetTrial> judged = [];
        foreach (var trial in trials)
        {
            judged.Add(
                trial.Fits
                    ? trial with
                    {
                        Accuracy = (await models.OpenAsync(trial.Side, cancellation)).Package.Manifest.Metrics.Values["accuracy"],
                    }
                    : trial
            );
        }

        return judged;
    }

    private static string Refusal(List<BudgetTrial> trials, string encoding, SizeBudget budget, bool floatOnly)
    {
        var fastest = trials.MinBy(trial => trial.High)!;
        var where = budget.Board is null
            ? "on this machine, from file to answer at the 95th percentile"
            : $"on a {FrameRateEstimator.Boards[budget.Board]} by ESTIMATE, the model alone";
        return string.Create(
                CultureInfo.InvariantCulture,
                $"Nothing fits a budget of {budget.Milliseconds} ms. The fastest of {string.Join(", ", trials.Select(trial => trial.Side))}"
                    + $" is {fastest.Side} x {fastest.Side} as {encoding}: {fastest.Milliseconds:0.00} ms (up to {fastest.High:0.00}) "
                    + $"{where}. "
            )
            + $"Allow more, name smaller sizes by --sizes"
            + $"{(floatOnly ? ", or add --encodings int8,int8-portable, which run about twice as fast" : "")}. Nothing was written.";
    }
}
