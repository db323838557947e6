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

    /// <summary>A folder that machines share, with the features of this one network: what <see cref="ShardedExtraction"/> wrote is taken
    /// from
    /// it, and what is computed goes there. Null: the cache folder alone.</summary>
    public string? SharedFolder { get; init; }

    /// <summary>A table of more bytes than this lies in a file instead of in memory. Range [0, ∞).</summary>
    public long MostTableBytes { get; init; } = 1L << 30;

    /// <summary>The folder of that file, on a local disk; null for a place in the cache folder.</summary>
    public string? TableFolder { get; init; }
}
