using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Tuning.Batches;

namespace MLNetPerson.Tuning;

/// <summary>What changes weights by gradients.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay. I. Loshchilov and F. Hutter, Decoupled weight decay regularization, ICLR 2019.</summary>
    AdamW,

    /// <summary>Gradient descent with Nesterov's momentum. I. Sutskever et al., On the importance of initialization and momentum, ICML
    /// 2013.</summary>
    Sgd,
}

/// <summary>Which picture a teacher answers for.</summary>
public enum TeacherView
{
    /// <summary>The whole picture, once; answers are kept. A crop that shows nobody takes its label alone.</summary>
    Cached,

    /// <summary>Every varied picture, in the teacher's own input size. One inference of the teacher for each picture of each
    /// epoch.</summary>
    Augmented,
}

/// <summary>How the weights below the head are learned: a recipe's block "tuning". The defaults are the recipe
/// <c>light-tuned</c>'s.</summary>
public sealed record TuningOptions
{
    /// <summary>Passes over the training pictures. Range [1, 1000].</summary>
    public int Epochs { get; init; } = 6;

    /// <summary>Pictures in a step. Range [1, 1024].</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>What changes weights.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Largest learning rate. Range (0, 10]. 6e-5 suits AdamW from pretrained weights; see
    /// <see cref="LearningRateTest"/>.</summary>
    public double Rate { get; init; } = 6e-5;

    /// <summary>Share of all steps over which the rate rises from 0. Range [0, 0.5].</summary>
    public double WarmUp { get; init; } = 0.05;

    /// <summary>The rate at the end, as a share of the largest; between them half a cosine. Range [0, 1]. I. Loshchilov and F. Hutter,
    /// SGDR, ICLR 2017.</summary>
    public double FinalRate { get; init; } = 0.02;

    /// <summary>Decoupled weight decay for weights of two and more dimensions. Range [0, 1].</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Momentum of <see cref="OptimizerKind.Sgd"/>. Range [0, 1).</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Factor of the rate from one layer to the one below it. Range (0, 1]; 1 is the same for all. J. Howard and S. Ruder,
    /// Universal language model fine-tuning, ACL 2018, section 3.2.</summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>Weighted layers, counted from the input, that keep their weights. Range [0, ∞).</summary>
    public int FrozenLayers { get; init; } = 12;

    /// <summary>Largest norm of all gradients together; larger ones are scaled down. Range (0, ∞). R. Pascanu et al., On the difficulty of
    /// training recurrent neural networks, ICML 2013.</summary>
    public double ClipNorm { get; init; } = 5;

    /// <summary>Share of itself that the averaged copy of the weights, which is what is kept, retains each step. Range [0, 1). B. Polyak
    /// and A. Juditsky, 1992.</summary>
    public double Average { get; init; } = 0.998;

    /// <summary>Whether batch normalisation takes each batch's own statistics. The product's own backbones have none left.</summary>
    public bool TrainNormalization { get; init; }

    /// <summary>Sides of the input, in pixels, for equal shares of the epochs; the recipe's own size comes last of itself. Empty: always
    /// the recipe's own. M. Tan and Q. Le, EfficientNetV2, ICML 2021, section 4.</summary>
    public ImmutableArray<int> Sizes { get; init; } = [];

    /// <summary>Moves labels towards one half by this much. Range [0, 0.5).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Packages, or ONNX files of one uint8 input with a probability, whose mean answer is learned beside the label.</summary>
    public ImmutableArray<string> Teachers { get; init; } = [];

    /// <summary>How much of a target is the teachers' answer. Range [0, 1].</summary>
    public double TeacherShare { get; init; } = 0.5;

    /// <summary>Which picture teachers answer for.</summary>
    public TeacherView TeacherView { get; init; } = TeacherView.Cached;

    /// <summary>How pictures are varied.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Share of the training pictures, whole groups, that the backbone does not see: tuning stops by them, and the head is fitted
    /// and calibrated again on them. Range [0.05, 0.5].</summary>
    public double HoldOut { get; init; } = 0.12;

    /// <summary>Epochs without a better loss on those pictures that end the run. Range [1, 1000].</summary>
    public int Patience { get; init; } = 3;

    /// <summary>Threads of the arithmetic. Range [0, 1024]; 0 is one a core. Another number can give other bytes.</summary>
    public int Threads { get; init; }

    /// <summary>Minutes between checkpoints. Range (0, 1440].</summary>
    public double CheckpointMinutes { get; init; } = 3;

    /// <summary>Seeds every random choice: same seed, machine, threads and pictures, same weights.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        Check("epochs", Epochs, 1, 1000);
        Check("batchSize", BatchSize, 1, 1024);
        Check("rate", Rate, 1e-12, 10);
        Check("warmUp", WarmUp, 0, 0.5);
        Check("finalRate", FinalRate, 0, 1);
        Check("weightDecay", WeightDecay, 0, 1);
        Check("momentum", Momentum, 0, 0.9999);
        Check("layerDecay", LayerDecay, 1e-3, 1);
        Check("frozenLayers", FrozenLayers, 0, 100_000);
        Check("clipNorm", ClipNorm, 1e-9, 1e9);
        Check("average", Average, 0, 0.99999);
        Check("labelSmoothing", LabelSmoothing, 0, 0.4999);
        Check("teacherShare", TeacherShare, 0, 1);
        Check("holdOut", HoldOut, 0.05, 0.5);
        Check("patience", Patience, 1, 1000);
        Check("threads", Threads, 0, 1024);
        Check("checkpointMinutes", CheckpointMinutes, 1e-6, 1440);
        if (!Enum.IsDefined(Optimizer))
        {
            faults.Add($"'optimizer' is {Optimizer}");
        }

        if (!Enum.IsDefined(TeacherView))
        {
            faults.Add($"'teacherView' is {TeacherView}");
        }

        foreach (var size in Sizes.IsDefault ? [] : Sizes)
        {
            Check("sizes", size, 32, 4096);
        }

        if (Augmentation.Fault() is { } augmentation)
        {
            faults.Add(augmentation);
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);

        void Check(string name, double value, double low, double high)
        {
            if (!(value >= low && value <= high))
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"'{name}' is {value}, outside {low} to {high}"));
            }
        }
    }
}
