namespace MLNetPerson.Onnx.Quantization.Ranges;

/// <summary>How a tensor's range is found from the values that it takes on calibration pictures.</summary>
public enum RangeMethod
{
    /// <summary>Smallest and largest value: nothing is cut off.</summary>
    MinMax,

    /// <summary>All but a few in ten thousand: single outliers do not cost everyone resolution.</summary>
    Percentile,

    /// <summary>The range whose integers keep the distribution best (Kullback–Leibler divergence).</summary>
    Entropy,
}
