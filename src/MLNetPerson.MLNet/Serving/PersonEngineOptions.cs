using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Serving;

/// <summary>How a <see cref="PersonPredictionEngine"/> asks its model.</summary>
public sealed record PersonEngineOptions
{
    /// <summary>The column of paths that the model's chain begins with.</summary>
    public string ImageColumn { get; init; } = "ImagePath";

    /// <summary>What a stream or a file given as bytes may ask for; a careful chain has limits of its own besides.</summary>
    public ImageLimits Limits { get; init; } = new();
}
