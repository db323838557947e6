using MLNetPerson.Images;

namespace MLNetPerson.Training.Features;

/// <summary>How features are extracted.</summary>
public sealed record FeatureOptions
{
    /// <summary>Pictures in work at a time. Range [0, ∞); 0 is one a core.</summary>
    public int Parallelism { get; init; }

    /// <summary>More unusable pictures than this end the run. Range [0, ∞).</summary>
    public int MaxBad { get; init; } = int.MaxValue;

    /// <summary>What a picture may ask for.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>The folder of the cache, or null for the product's own.</summary>
    public string? CacheFolder { get; init; }
}
