using MLNetPerson.Images;

namespace MLNetPerson;

/// <summary>How a detector uses the machine, and which boxes it gives. The defaults suit a server that answers many callers.</summary>
public sealed record PersonDetectorOptions
{
    /// <summary>Threads that share one picture. Range [0, ∞); 0 is one a core.</summary>
    public int ThreadsPerPicture { get; init; } = 1;

    /// <summary>Pictures that <see cref="PersonDetector.DetectMany(IEnumerable{string}, CancellationToken)"/> works on at a time. Range
    /// [0, ∞); 0 is one a core.</summary>
    public int Parallelism { get; init; }

    /// <summary>Boxes of less than this probability are left out; null for the package's threshold. Range [0, 1]. Boxes below the package's
    /// score threshold (<see cref="Packaging.PackageDetection.ScoreThreshold"/>) do not come out of the model at all.</summary>
    public double? MinProbability { get; init; }

    /// <summary>What a picture may ask for.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (ThreadsPerPicture < 0)
        {
            faults.Add($"{ThreadsPerPicture} threads are below 0");
        }

        if (Parallelism < 0)
        {
            faults.Add($"a parallelism of {Parallelism} is below 0");
        }

        if (MinProbability is { } least && least is not (>= 0 and <= 1))
        {
            faults.Add(FormattableString.Invariant($"a least probability of {least} is outside 0 to 1"));
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
