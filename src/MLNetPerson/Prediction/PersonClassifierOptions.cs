using MLNetPerson.Images;

namespace MLNetPerson.Prediction;

/// <summary>How a classifier uses the machine. The defaults suit a server that answers many callers.</summary>
public sealed record PersonClassifierOptions
{
    /// <summary>Threads that share one prediction. Range [0, ∞); 0 is one a core. 1 gives the most pictures per second, more the shortest
    /// wait for one.</summary>
    public int ThreadsPerPrediction { get; init; } = 1;

    /// <summary>Pictures that <see cref="PersonClassifier.PredictMany(IEnumerable{string}, CancellationToken)"/> works on at a time. Range
    /// [0, ∞); 0 is one a core.</summary>
    public int Parallelism { get; init; }

    /// <summary>What a picture may ask for.</summary>
    public ImageLimits Limits { get; init; } = new();
}
