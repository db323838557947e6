namespace MLNetPerson.Images;

/// <summary>
/// The triangle filter along one axis: for each output position the first input position and its weights. When shrinking, the
/// triangle is as wide as an output pixel on either side, which is what antialiases.
/// </summary>
/// <remarks>
/// Weights are whole numbers of 2⁻²², normalised before rounding, as in Pillow's 8-bit resampling with BILINEAR, which
/// gives the same pixels (ResamplerTests hold numbers from it).
/// </remarks>
internal sealed class ResampleAxis
{
    /// <summary>32 bits less 8 of a pixel and 2 of headroom.</summary>
    public const int PrecisionBits = 22;

    public ResampleAxis(int inputSize, int outputSize)
    {
        InputSize = inputSize;
        OutputSize = outputSize;
        var scale = (double)inputSize / outputSize;
        var reach = Math.Max(1, scale);
        Taps = ((int)Math.Ceiling(reach) * 2) + 1;
        First = new int[outputSize];
        Count = new int[outputSize];
        Weights = new int[outputSize * Taps];
        Span<double> weights = stackalloc double[Math.Min(Taps, 512)];
        weights = Taps <= 512 ? weights : new double[Taps];
        for (var position = 0; position < outputSize; position++)
        {
            var centre = (position + 0.5) * scale;
            var first = Math.Max(0, (int)(centre - reach + 0.5));
            var count = Math.Min(inputSize, (int)(centre + reach + 0.5)) - first;
            var sum = 0.0;
            for (var tap = 0; tap < count; tap++)
            {
                weights[tap] = Math.Max(0, 1 - Math.Abs((first + tap - centre + 0.5) / reach));
                sum += weights[tap];
            }

            for (var tap = 0; tap < count; tap++)
            {
                Weights[(position * Taps) + tap] = (int)((weights[tap] / sum * (1 << PrecisionBits)) + 0.5);
            }

            (First[position], Count[position]) = (first, count);
        }
    }

    public int InputSize { get; }

    public int OutputSize { get; }

    /// <summary>Room for weights per output position; <see cref="Count"/> of them are used.</summary>
    public int Taps { get; }

    /// <summary>[output] first input position.</summary>
    public int[] First { get; }

    /// <summary>[output] number of weights.</summary>
    public int[] Count { get; }

    /// <summary>[output, taps] in units of 2⁻²².</summary>
    public int[] Weights { get; }
}
