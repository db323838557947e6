namespace MLNetPerson.Tuning;

/// <summary>One tensor's values and what the optimizer remembers of it. Arrays of the same length, row-major.</summary>
/// <param name="values">Its values as they are now; the average starts from them.</param>
/// <param name="rateFactor">Of the learning rate.</param>
/// <param name="decays">Whether weight decay applies.</param>
internal sealed class TrainedTensor(ReadOnlySpan<float> values, double rateFactor, bool decays)
{
    public double RateFactor => rateFactor;

    public bool Decays => decays;

    /// <summary>Filled by each backward pass.</summary>
    public float[] Gradient { get; } = new float[values.Length];

    /// <summary>Mean of gradients (Adam), or velocity (SGD).</summary>
    public float[] First { get; } = new float[values.Length];

    /// <summary>Mean of squared gradients (Adam).</summary>
    public float[] Second { get; } = new float[values.Length];

    /// <summary>The averaged copy.</summary>
    public float[] Average { get; } = values.ToArray();
}
