namespace MLNetPerson.Training.Quantization;

/// <summary>real = scale · (integer − zero point).</summary>
/// <param name="Scale">Above 0.</param>
/// <param name="ZeroPoint">The integer that stands for 0 exactly.</param>
/// <remarks>ONNX operator QuantizeLinear, opset 13: rounding is half to even, then saturation.</remarks>
internal readonly record struct QuantizationParameters(float Scale, int ZeroPoint)
{
    /// <summary>For values that may be of either sign: the range is widened to include 0, which must be exact (padding is 0).</summary>
    public static QuantizationParameters Asymmetric(TensorRange range, IntegerRange integers)
    {
        var (min, max) = (Math.Min(range.Min, 0), Math.Max(range.Max, 0));
        var scale = (float)((max - min) / (integers.Max - integers.Min));
        if (!float.IsNormal(scale))
        {
            return new QuantizationParameters(1, 0); // a constant zero, or nearly so
        }

        var zeroPoint = (int)Math.Clamp(Math.Round(integers.Min - (min / scale), MidpointRounding.ToEven), integers.Min, integers.Max);
        return new QuantizationParameters(scale, zeroPoint);
    }

    /// <summary>For weights: zero point 0, the same reach to both sides.</summary>
    /// <param name="largest">Largest magnitude.</param>
    /// <param name="integers">Symmetric.</param>
    public static QuantizationParameters Symmetric(double largest, IntegerRange integers)
    {
        var scale = (float)(largest / integers.Max);
        return new QuantizationParameters(float.IsNormal(scale) ? scale : 1, 0);
    }

    /// <summary>The integer nearest to a value.</summary>
    public int Quantize(double value, IntegerRange integers) =>
        (int)Math.Clamp(Math.Round(value / Scale, MidpointRounding.ToEven) + ZeroPoint, integers.Min, integers.Max);

    /// <summary>The value that an integer stands for.</summary>
    public double Dequantize(int integer) => (double)Scale * (integer - ZeroPoint);
}
