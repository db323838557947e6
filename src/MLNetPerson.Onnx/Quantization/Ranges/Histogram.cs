namespace MLNetPerson.Onnx.Quantization.Ranges;

/// <summary>
/// Counts values in bins of equal width around zero. A value beyond the last bin doubles the bins' width, two by two becoming one:
/// no value is lost, memory stays the same, and the order of the values does not matter.
/// </summary>
internal sealed class Histogram
{
    /// <summary>Bins on either side of zero: finer than 8 bits by far, after several doublings still.</summary>
    public const int HalfBins = 4096;

    private readonly long[] _counts = new long[2 * HalfBins];

    /// <summary>Width of a bin; 0 before the first value that is not 0.</summary>
    public double BinWidth { get; private set; }

    /// <summary>Values that were exactly 0. They are exact in every quantization.</summary>
    public long Zeros { get; private set; }

    /// <summary>Smallest value that has come, or 0.</summary>
    public double Min { get; private set; }

    /// <summary>Largest value that has come, or 0.</summary>
    public double Max { get; private set; }

    /// <summary>Counts from the most negative bin up; bin <see cref="HalfBins"/> begins at 0.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    public void Add(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (value == 0)
            {
                Zeros++;
                continue;
            }

            if (!float.IsFinite(value))
            {
                throw new InvalidOperationException($"the value {value} is not finite");
            }

            Fit(Math.Abs((double)value));
            (Min, Max) = (Math.Min(Min, value), Math.Max(Max, value));
            _counts[(int)Math.Floor(value / BinWidth) + HalfBins]++;
        }
    }

    /// <summary>The lower edge of a bin.</summary>
    public double Edge(int bin) => (bin - HalfBins) * BinWidth;

    /// <summary>A range that ends at bins' edges, but not beyond the values themselves: a bound that they keep stays exact.</summary>
    public TensorRange Within(double low, double high) => new(Math.Max(low, Min), Math.Min(high, Max));

    private void Fit(double magnitude)
    {
        if (BinWidth == 0)
        {
            // Powers of two, so that the same values in another order end up in the same bins.
            BinWidth = Math.Pow(2, Math.Ceiling(Math.Log2(magnitude)) - 12);
        }

        while (magnitude >= BinWidth * HalfBins)
        {
            for (var i = 0; i < HalfBins; i++)
            {
                // Outwards from zero on both sides; the pairs that are read lie ahead of those that are written.
                var (up, down) = (HalfBins + i, HalfBins - 1 - i);
                var (first, second) = (2 * i, (2 * i) + 1);
                var inside = second < HalfBins;
                _counts[up] = inside ? _counts[HalfBins + first] + _counts[HalfBins + second] : 0;
                _counts[down] = inside ? _counts[HalfBins - 1 - first] + _counts[HalfBins - 1 - second] : 0;
            }

            BinWidth *= 2;
        }
    }
}
