using MLNetPerson.Onnx.Quantization.Ranges;

namespace MLNetPerson.Onnx.Quantization;

/// <summary>How a graph becomes integers.</summary>
public sealed record Int8Options
{
    /// <summary>How activations' ranges are found.</summary>
    public RangeMethod Range { get; init; } = RangeMethod.MinMax;

    /// <summary>Share of values kept, in percent, for <see cref="RangeMethod.Percentile"/>. Range (50, 100].</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>Seven-bit weights, for processors whose eight-bit multiply saturates.</summary>
    public bool PortableWeights { get; init; }

    /// <summary>Whether biases make up for what rounding weights shifts on average.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (!Enum.IsDefined(Range))
        {
            faults.Add($"range method {(int)Range} is none of {string.Join(", ", Enum.GetNames<RangeMethod>())}");
        }

        if (Percentile is not (> 50 and <= 100))
        {
            faults.Add($"percentile {Percentile} is outside 50 to 100");
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
