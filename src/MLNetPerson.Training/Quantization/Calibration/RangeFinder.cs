namespace MLNetPerson.Training.Quantization.Calibration;

/// <summary>Sees a tensor's values, picture by picture, in constant memory, and says its range at the end.</summary>
internal abstract class RangeFinder
{
    /// <summary>Takes more values.</summary>
    public abstract void Add(ReadOnlySpan<float> values);

    /// <summary>The range that is worth having integers for.</summary>
    /// <exception cref="InvalidOperationException">No value has come, or one that is not finite.</exception>
    public abstract TensorRange Range();

    /// <summary>A finder by name.</summary>
    /// <param name="method">Which.</param>
    /// <param name="percentile">Share of values to keep, in percent, for <see cref="RangeMethod.Percentile"/>.</param>
    public static RangeFinder Create(RangeMethod method, double percentile) =>
        method switch
        {
            RangeMethod.MinMax => new MinMaxFinder(),
            RangeMethod.Percentile => new PercentileFinder(percentile),
            RangeMethod.Entropy => new EntropyFinder(),
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };
}
