using MLNetPerson.MLNet.Transforms;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>How a model that was read back uses the machine, and what it does with bad pictures: what a zip does not hold.</summary>
public sealed record PersonModelOptions
{
    /// <summary>What happens to a row whose picture cannot be used.</summary>
    public BadImages OnBadImage { get; init; } = BadImages.Fail;

    /// <summary>Told of every row that was dropped.</summary>
    public Action<DroppedImage>? Dropped { get; init; }

    /// <summary>How features are extracted.</summary>
    public PersonFeatureOptions Features { get; init; } = new();
}
