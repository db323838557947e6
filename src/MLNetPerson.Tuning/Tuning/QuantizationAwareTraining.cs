using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;
using MLNetPerson.Tuning.Batches;

namespace MLNetPerson.Tuning;

/// <summary>
/// The last rung of the recovery ladder: the integer graph is trained through its rounding until it answers as the float model does.
/// Weights and biases are learned, ranges and scales stay where calibration put them.
/// </summary>
/// <remarks>
/// B. Jacob et al., Quantization and training of neural networks for efficient integer-arithmetic-only inference, CVPR 2018; the float
/// model as the teacher: A. Mishra and D. Marr, Apprentice, ICLR 2018.
/// </remarks>
public static class QuantizationAwareTraining
{
    /// <summary>The defaults: two epochs at a small rate, whole pictures or mild crops, the float model's answers in place of
    /// labels.</summary>
    public static TuningOptions Defaults { get; } =
        new()
        {
            Epochs = 2,
            BatchSize = 16,
            Rate = 1e-5,
            WeightDecay = 0,
            FrozenLayers = 0,
            Average = 0.99,
            TeacherShare = 1,
            Augmentation = AugmentationOptions.None with { Flip = 0.5, SmallestCrop = 0.8, LargestAspect = 1.2 },
        };

    /// <summary>Options that end the ladder with training.</summary>
    /// <param name="options">Without it.</param>
    /// <param name="package">Whose float model is the teacher.</param>
    /// <param name="dataset">To train on: what calibration uses. A tenth of it, whole groups, decides which epoch is kept.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="tuning">How; null for <see cref="Defaults"/>.</param>
    /// <param name="always">Whether integers are trained even where calibration alone would be good enough; the other steps are then tried
    /// only where training was not.</param>
    /// <exception cref="TuningException">When it comes to that: libtorch cannot be had, or too few pictures.</exception>
    public static QuantizeOptions Recovering(
        QuantizeOptions options,
        ModelPackage package,
        Dataset dataset,
        IProgress<QuantizeProgress>? progress = null,
        TuningOptions? tuning = null,
        bool always = false
    ) =>
        options with
        {
            LastRung = (graph, cancellation) => Train(graph, package, dataset, progress, tuning ?? Defaults, cancellation),
            TrainsFirst = always,
        };

    private static OnnxGraph Train(
        OnnxGraph quantized,
        ModelPackage package,
        Dataset dataset,
        IProgress<QuantizeProgress>? progress,
        TuningOptions tuning,
        CancellationToken cancellation
    )
    {
        progress?.Report(new QuantizeProgress("quantization-aware training: starting libtorch"));
        TorchRuntime.StartAsync(null, cancellation).GetAwaiter().GetResult();
        var (learned, kept) = HashSplit.Divide(dataset.Samples, 0.1, tuning.Seed + 1);
        if (learned.Count < 2 || kept.Count < 1)
        {
            throw new TuningException(
                $"Quantization-aware training divides {dataset.Samples.Length} pictures into {learned.Count} to learn from and {kept.Count}"
                    + $" to judge by; more are needed."
            );
        }

        using var teacher = new Teachers([package.Folder]);
        var answers = teacher.Answers(
            learned,
            new(),
            done => progress?.Report(new QuantizeProgress("asking the float model", done, learned.Count)),
            cancellation
        );
        var input = new TunerInput
        {
            Name = $"{package.Manifest.Name}, integers",
            Graphs = _ => WithLogits(quantized),
            Spec = package.Manifest.Input.ToSpec(),
            Training =
            [
                .. learned
                    .Select((sample, i) => TrainingPicture.Of(sample, soft: double.IsNaN(answers[i]) ? null : answers[i]))
                    .Where((_, i) => !double.IsNaN(answers[i])),
            ],
            HeldOut = [.. kept.Select(sample => TrainingPicture.Of(sample))],
        };
        using var tuner = new Tuner(tuning, input);
        var result = tuner.Run(
            new Relay<TuningProgress>(at => progress?.Report(new QuantizeProgress($"quantization-aware training: {at}"))),
            cancellation: cancellation
        );
        return Take(quantized, result.Graph);
    }

    /// <summary>Ends at the logit, which the loss is of.</summary>
    private static OnnxGraph WithLogits(OnnxGraph quantized)
    {
        var graph = quantized.Clone();
        graph.Model.Graph.Output.Clear();
        new GraphBuilder(graph).Output(ModelAssembler.LogitName, TensorProto.Types.DataType.Float, -1, 1);
        graph.RemoveUnused();
        return graph;
    }

    private static OnnxGraph Take(OnnxGraph quantized, OnnxGraph trained)
    {
        var graph = quantized.Clone();
        foreach (var tensor in trained.Initializers.Where(tensor => graph.IsConstant(tensor.Name)))
        {
            graph.SetInitializer(tensor.Clone());
        }

        return graph;
    }
}
