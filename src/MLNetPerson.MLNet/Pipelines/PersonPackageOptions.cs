using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>How a fitted chain becomes a package.</summary>
public sealed record PersonPackageOptions
{
    /// <summary>Where to write it.</summary>
    public required string Folder { get; init; }

    /// <summary>What to call it; null for the folder's name.</summary>
    public string? Name { get; init; }

    /// <summary>The recipe that the chain was built with; null for the default one. Its network becomes part of the package.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>There is a person where the probability is at least this. Range 0 to 1; the default is where ML.NET's own
    /// <c>PredictedLabel</c> turns.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>What the manifest says of who fitted the head.</summary>
    public string Trainer { get; init; } = "mlnet";

    /// <summary>The column of paths in both data views.</summary>
    public string ImageColumn { get; init; } = "ImagePath";

    /// <summary>The column of labels in both data views.</summary>
    public string LabelColumn { get; init; } = "Label";

    /// <summary>Folder that relative paths are below; null for the current directory.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>The encodings to add to the package, as <c>retrain --encodings</c> would; null for none.</summary>
    public QuantizeOptions? Encodings { get; init; }

    /// <summary>How features are extracted for the proofs; what <c>retrain</c> has in its cache is not extracted again.</summary>
    public FeatureOptions Features { get; init; } = new();
}
