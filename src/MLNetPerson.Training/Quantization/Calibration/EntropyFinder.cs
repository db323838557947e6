namespace MLNetPerson.Training.Quantization.Calibration;

/// <summary>
/// Tries ranges around zero and keeps the one whose 255 integers lose least of the distribution, what lies outside having been
/// pushed onto the ends.
/// </summary>
/// <remarks>S. Migacz, 8-bit inference with TensorRT, GTC 2017. Values of one sign only get a range of that sign.</remarks>
internal sealed class EntropyFinder : RangeFinder
{
    private const int Levels = 255;
    private const int Step = 32; // bins between two candidates: 128 candidates
    private const double Smoothing = 1e-9;

    private readonly Histogram _histogram = new();

    public override void Add(ReadOnlySpan<float> values) => _histogram.Add(values);

    public override TensorRange Range()
    {
        var counts = _histogram.Counts;
        int first = FirstUsed(counts),
            last = LastUsed(counts);
        if (first < 0)
        {
            return _histogram.Zeros > 0 ? new TensorRange(0, 0) : throw new InvalidOperationException("no value has come");
        }

        // Reaches on either side of zero, in bins; a side without values has none.
        var (below, above) = (Math.Max(0, Histogram.HalfBins - first), Math.Max(0, last + 1 - Histogram.HalfBins));
        var longest = Math.Max(below, above);
        var best = (Divergence: double.PositiveInfinity, Reach: longest);
        for (var reach = Math.Min(longest, Levels); ; reach = Math.Min(longest, reach + Step))
        {
            var divergence = Divergence(counts, Math.Min(below, reach), Math.Min(above, reach));
            if (divergence < best.Divergence)
            {
                best = (divergence, reach);
            }

            if (reach == longest)
            {
                break;
            }
        }

        return _histogram.Within(-Math.Min(below, best.Reach) * _histogram.BinWidth, Math.Min(above, best.Reach) * _histogram.BinWidth);
    }

    private static double Divergence(ReadOnlySpan<long> counts, int below, int above)
    {
        var (from, to) = (Histogram.HalfBins - below, Histogram.HalfBins + above);
        var kept = new double[to - from];
        for (var bin = 0; bin < counts.Length; bin++)
        {
            kept[Math.Clamp(bin, from, to - 1) - from] += counts[bin];
        }

        // What integers would say: each level's counts spread evenly over those of its bins that hold something inside the range.
        var levels = Math.Min(Levels, kept.Length);
        var spread = new double[kept.Length];
        for (var level = 0; level < levels; level++)
        {
            var (start, end) = ((int)((long)level * kept.Length / levels), (int)((long)(level + 1) * kept.Length / levels));
            double sum = 0;
            var used = 0;
            for (var bin = start; bin < end; bin++)
            {
                sum += counts[from + bin];
                used += counts[from + bin] > 0 ? 1 : 0;
            }

            for (var bin = start; bin < end && used > 0; bin++)
            {
                spread[bin] = counts[from + bin] > 0 ? sum / used : 0;
            }
        }

        double total = kept.Sum(),
            spreadTotal = spread.Sum(),
            divergence = 0;
        for (var bin = 0; bin < kept.Length; bin++)
        {
            if (kept[bin] > 0)
            {
                divergence += kept[bin] / total * Math.Log(kept[bin] / total / Math.Max(spread[bin] / spreadTotal, Smoothing));
            }
        }

        return divergence;
    }

    private static int FirstUsed(ReadOnlySpan<long> counts)
    {
        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] > 0)
            {
                return bin;
            }
        }

        return -1;
    }

    private static int LastUsed(ReadOnlySpan<long> counts)
    {
        for (var bin = counts.Length - 1; bin >= 0; bin--)
        {
            if (counts[bin] > 0)
            {
                return bin;
            }
        }

        return -1;
    }
}
