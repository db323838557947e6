namespace MLNetPerson.MLNet.Transforms;

/// <summary>How <c>ExtractPersonFeatures</c> uses the machine.</summary>
public sealed record PersonFeatureOptions
{
    /// <summary>
    /// Pictures in one run of ONNX Runtime. Range [1, 256]. The features do not depend on it. Small batches suit a processor whose caches
    /// hold one picture's maps but not eight's: models/results/mlnet-speed.csv has the rates.
    /// </summary>
    public int BatchSize { get; init; } = 2;

    /// <summary>Batches in work at a time, each on one thread. Range [0, ∞); 0 is one a core.</summary>
    public int Parallelism { get; init; }

    /// <summary>Says what is wrong with the values, or null.</summary>
    public string? Fault() =>
        BatchSize is < 1 or > 256 ? $"{nameof(BatchSize)} is {BatchSize}, outside 1 to 256"
        : Parallelism < 0 ? $"{nameof(Parallelism)} is {Parallelism}, below 0"
        : null;
}
