using Microsoft.ML;
using Microsoft.ML.Transforms.Image;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Transforms;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>What <c>mlContext.PersonPipeline</c> builds. The defaults are the careful chain with the product's default recipe.</summary>
public sealed record PersonPipelineOptions
{
    /// <summary>Which steps stand before the trainer.</summary>
    public PersonChain Chain { get; init; } = PersonChain.Careful;

    /// <summary>Backbone, input and features; null for the recipe that <c>retrain</c> uses. Of its head, only the seed is used.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>The column of pictures. The classic chain takes paths only.</summary>
    public string ImageColumn { get; init; } = "ImagePath";

    /// <summary>The column of labels: Boolean, true where there is a person.</summary>
    public string LabelColumn { get; init; } = "Label";

    /// <summary>The column of features that the chain makes, and that <see cref="Trainer"/> has to read.</summary>
    public string FeatureColumn { get; init; } = "Features";

    /// <summary>Folder that relative paths are below; null for the current directory.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>
    /// Any binary trainer of ML.NET that reads <see cref="FeatureColumn"/> and <see cref="LabelColumn"/>; null for L-BFGS logistic
    /// regression with
    /// <see cref="L2"/>.
    /// </summary>
    public IEstimator<ITransformer>? Trainer { get; init; }

    /// <summary>
    /// The default trainer's penalty: the factor of ‖w‖²/2 beside the mean log loss, as in recipes. (ML.NET's own <c>l2Regularization</c>
    /// is this times the number of rows.) Range (0, ∞).
    /// </summary>
    public double L2 { get; init; } = 0.1;

    /// <summary>Whether features are standardised before the trainer: one penalty suits all of them then. The step is part of the model and
    /// of an exported head.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>Whether features are kept in memory while fitting, so that a trainer of many passes does not run the network again and
    /// again.</summary>
    public bool CacheFeatures { get; init; } = true;

    /// <summary>What a picture may ask for. Careful chain only.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>What happens to a row whose picture cannot be used. Careful chain only; the classic one always ends the run.</summary>
    public BadImages OnBadImage { get; init; } = BadImages.Fail;

    /// <summary>Told of every row that was dropped.</summary>
    public Action<DroppedImage>? Dropped { get; init; }

    /// <summary>How features are extracted. Careful chain only.</summary>
    public PersonFeatureOptions Features { get; init; } = new();

    /// <summary>
    /// How ML.NET resizes in the classic chain; null for what comes nearest to the recipe: <c>Fill</c> (nearest neighbour) for squash,
    /// <c>IsoPad</c>
    /// for pad, <c>IsoCrop</c> for centerCrop.
    /// </summary>
    public ImageResizingEstimator.ResizingKind? ClassicResizing { get; init; }

    /// <summary>Threads that share one run of the network in the classic chain. Range [1, ∞); a cursor over rows is parallel already, so 1
    /// is best.</summary>
    public int ClassicIntraOpNumThreads { get; init; } = 1;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        foreach (
            var (name, value) in new[]
            {
                (nameof(ImageColumn), ImageColumn),
                (nameof(LabelColumn), LabelColumn),
                (nameof(FeatureColumn), FeatureColumn),
            }
        )
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                faults.Add($"{name} is empty");
            }
        }

        if (!Enum.IsDefined(Chain))
        {
            faults.Add($"{nameof(Chain)} is {(int)Chain}");
        }

        if (!double.IsFinite(L2) || L2 <= 0)
        {
            faults.Add($"{nameof(L2)} is {L2}, it must be above 0");
        }

        if (ClassicIntraOpNumThreads < 1)
        {
            faults.Add($"{nameof(ClassicIntraOpNumThreads)} is {ClassicIntraOpNumThreads}, below 1");
        }

        if (Chain == PersonChain.Classic && (OnBadImage != BadImages.Fail || Dropped is not null))
        {
            faults.Add($"{nameof(OnBadImage)} is {OnBadImage}: ML.NET's LoadImages cannot leave rows out, take the careful chain");
        }

        faults.AddRange(new[] { Limits.Fault(), Features.Fault(), Recipe?.Fault() }.OfType<string>());
        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
