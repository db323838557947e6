namespace MLNetPerson.Training.Quantization;

/// <summary>Weights in signed bytes with a scale per output channel.</summary>
/// <param name="Values">In the order of the float weights.</param>
/// <param name="Scales">One per channel.</param>
/// <param name="Bias">[channels] in units of input scale · weight scale, or null where there is none.</param>
internal sealed record QuantizedWeights(sbyte[] Values, float[] Scales, int[]? Bias)
{
    /// <summary>Quantizes channel by channel.</summary>
    /// <param name="weights">Channel by channel, <paramref name="channels"/> runs of equal length.</param>
    /// <param name="channels">Output channels.</param>
    /// <param name="bias">[channels], or null.</param>
    /// <param name="inputScale">Of the activation that the weights are multiplied with: the bias is counted in its product with the
    /// weight's scale.</param>
    /// <param name="integers">Which integers weights may take.</param>
    public static QuantizedWeights Of(ReadOnlySpan<float> weights, int channels, float[]? bias, double inputScale, IntegerRange integers)
    {
        var perChannel = weights.Length / channels;
        var (values, scales, biases) = (new sbyte[weights.Length], new float[channels], bias is null ? null : new int[channels]);
        for (var channel = 0; channel < channels; channel++)
        {
            var run = weights.Slice(channel * perChannel, perChannel);
            var largest = 0.0;
            foreach (var weight in run)
            {
                largest = Math.Max(largest, Math.Abs(weight));
            }

            if (bias is not null)
            {
                // A nearly dead channel's tiny scale would let its bias overflow: its weights get a coarser one instead.
                largest = Math.Max(largest, Math.Abs(bias[channel]) / inputScale * integers.Max / (int.MaxValue / 2));
            }

            var parameters = QuantizationParameters.Symmetric(largest, integers);
            scales[channel] = parameters.Scale;
            for (var i = 0; i < perChannel; i++)
            {
                values[(channel * perChannel) + i] = (sbyte)parameters.Quantize(run[i], integers);
            }

            if (biases is not null)
            {
                biases[channel] = (int)Math.Round(bias![channel] / (inputScale * parameters.Scale), MidpointRounding.ToEven);
            }
        }

        return new QuantizedWeights(values, scales, biases);
    }

    /// <summary>The float weights that the integers stand for.</summary>
    public float[] Dequantize() => [.. Values.Select((value, i) => value * Scales[i / (Values.Length / Scales.Length)])];
}
