namespace MLNetPerson.Training.Evaluation;

/// <summary>How good probabilities are as probabilities, and as a ranking. Each takes probabilities 0 to 1 and labels of equal
/// length.</summary>
public static class ProbabilityMetrics
{
    /// <summary>Bins of equal width for the calibration error: the customary number (C. Guo et al., ICML 2017).</summary>
    public const int CalibrationBins = 15;

    /// <summary>A probability of exactly 0 or 1 that is wrong would cost infinity; it costs this instead.</summary>
    private const double Smallest = 1e-15;

    /// <summary>For each sample −ln(probability given to the truth). Natural logarithm; their mean is the log loss.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double[] LogLosses(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        Scores.CheckLengths(probabilities, labels);
        var losses = new double[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            losses[i] = -Math.Log(Math.Clamp(labels[i] ? probabilities[i] : 1 - probabilities[i], Smallest, 1));
        }

        return losses;
    }

    /// <summary>For each sample the squared difference between probability and truth; their mean is the Brier score.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double[] SquaredErrors(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        Scores.CheckLengths(probabilities, labels);
        var errors = new double[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var difference = probabilities[i] - (labels[i] ? 1 : 0);
            errors[i] = difference * difference;
        }

        return errors;
    }

    /// <summary>Expected calibration error: |share of persons − mean probability| over bins of equal width, weighted by their
    /// samples.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double ExpectedCalibrationError(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        Scores.CheckLengths(probabilities, labels);
        Span<double> gap = stackalloc double[CalibrationBins]; // Σ (truth − probability)
        gap.Clear();
        for (var i = 0; i < labels.Length; i++)
        {
            var bin = Math.Min((int)(probabilities[i] * CalibrationBins), CalibrationBins - 1);
            gap[bin] += (labels[i] ? 1 : 0) - probabilities[i];
        }

        var error = 0.0;
        foreach (var sum in gap)
        {
            error += Math.Abs(sum);
        }

        return error / labels.Length;
    }

    /// <summary>Average precision: Σ (recall gained) · precision over falling thresholds; equal scores count together. NaN without a
    /// positive.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        Scores.CheckLengths(scores, labels);
        var order = Scores.ByFallingScore(scores);
        int found = 0,
            seen = 0;
        var sum = 0.0;
        for (var start = 0; start < order.Length;)
        {
            var (end, gained) = (start, 0);
            while (end < order.Length && scores[order[end]].Equals(scores[order[start]]))
            {
                gained += labels[order[end]] ? 1 : 0;
                end++;
            }

            found += gained;
            seen = end;
            sum += gained * (found / (double)seen);
            start = end;
        }

        return found == 0 ? double.NaN : sum / found;
    }

    /// <summary>The same of samples that are sorted already, each counted so many times.</summary>
    internal static double AveragePrecision(double[] falling, bool[] labels, byte[] times)
    {
        long found = 0,
            seen = 0;
        var sum = 0.0;
        for (var start = 0; start < falling.Length;)
        {
            var (end, gained) = (start, 0L);
            for (; end < falling.Length && falling[end].Equals(falling[start]); end++)
            {
                gained += labels[end] ? times[end] : 0;
                seen += times[end];
            }

            found += gained;
            sum += gained == 0 ? 0 : gained * (found / (double)seen);
            start = end;
        }

        return found == 0 ? double.NaN : sum / found;
    }
}
