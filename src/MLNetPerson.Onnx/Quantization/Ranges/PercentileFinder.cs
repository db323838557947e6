namespace MLNetPerson.Onnx.Quantization.Ranges;

/// <summary>Cuts off the same small share of values at either end.</summary>
internal sealed class PercentileFinder(double percentile) : RangeFinder
{
    private readonly Histogram _histogram = new();

    public override void Add(ReadOnlySpan<float> values) => _histogram.Add(values);

    public override TensorRange Range()
    {
        var counts = _histogram.Counts;
        var total = _histogram.Zeros;
        foreach (var count in counts)
        {
            total += count;
        }

        if (total == 0)
        {
            throw new InvalidOperationException("no value has come");
        }

        var cut = total * (1 - (percentile / 100));
        return _histogram.Within(LowEnd(counts, cut), HighEnd(counts, cut));
    }

    private double LowEnd(ReadOnlySpan<long> counts, double cut)
    {
        long below = 0;
        for (var bin = 0; bin < Histogram.HalfBins; bin++)
        {
            below += counts[bin];
            if (below > cut)
            {
                return _histogram.Edge(bin);
            }
        }

        return 0;
    }

    private double HighEnd(ReadOnlySpan<long> counts, double cut)
    {
        long above = 0;
        for (var bin = counts.Length - 1; bin >= Histogram.HalfBins; bin--)
        {
            above += counts[bin];
            if (above > cut)
            {
                return _histogram.Edge(bin + 1);
            }
        }

        return 0;
    }
}
