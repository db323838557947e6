namespace MLNetPerson.Training.Evaluation;

/// <summary>Area under the ROC curve: how often a person's picture scores above one without, ties counting half.</summary>
public static class RocAuc
{
    /// <summary>The area with DeLong's interval. NaN and 0 to 1 where a class is missing.</summary>
    /// <remarks>
    /// E. R. DeLong et al., Biometrics 44 (1988); by mid-ranks after X. Sun and W. Xu, IEEE Signal Processing Letters 21 (2014).
    /// </remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Estimate Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        Scores.CheckLengths(scores, labels);
        var placements = Placements(scores, labels);
        if (placements.Positive.Length == 0 || placements.Negative.Length == 0)
        {
            return new Estimate(double.NaN, new Interval(0, 1));
        }

        var area = placements.Positive.Average();
        var spread = Math.Sqrt(
            (Variance(placements.Positive) / placements.Positive.Length) + (Variance(placements.Negative) / placements.Negative.Length)
        );
        return new Estimate(
            area,
            new Interval(Math.Max(0, area - (WilsonInterval.Z * spread)), Math.Min(1, area + (WilsonInterval.Z * spread)))
        );
    }

    /// <summary>The second area minus the first on the same samples, with DeLong's interval for paired scores. NaN and −1 to 1 where a
    /// class is missing.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Estimate Difference(ReadOnlySpan<double> first, ReadOnlySpan<double> second, ReadOnlySpan<bool> labels)
    {
        Scores.CheckLengths(first, labels);
        Scores.CheckLengths(second, labels);
        var (before, after) = (Placements(first, labels), Placements(second, labels));
        if (before.Positive.Length == 0 || before.Negative.Length == 0)
        {
            return new Estimate(double.NaN, new Interval(-1, 1));
        }

        // Each sample's placements differ by so much; the means of the differences are the difference of the means.
        double[] ofPositives = [.. after.Positive.Zip(before.Positive, (a, b) => a - b)],
            ofNegatives = [.. after.Negative.Zip(before.Negative, (a, b) => a - b)];
        var difference = ofPositives.Average();
        var half =
            WilsonInterval.Z * Math.Sqrt((Variance(ofPositives) / ofPositives.Length) + (Variance(ofNegatives) / ofNegatives.Length));
        return new Estimate(difference, new Interval(Math.Max(-1, difference - half), Math.Min(1, difference + half)));
    }

    /// <summary>
    /// For each positive the share of negatives below it, for each negative the share of positives above it; ties half.
    /// Their means are the area, their (co)variances DeLong's.
    /// </summary>
    internal static (double[] Positive, double[] Negative) Placements(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var positives = Pick(scores, labels, true);
        var negatives = Pick(scores, labels, false);
        var all = MidRanks(scores.ToArray());
        var amongPositives = MidRanks(positives);
        var amongNegatives = MidRanks(negatives);
        var (ofPositives, ofNegatives) = (new double[positives.Length], new double[negatives.Length]);
        int p = 0,
            n = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i])
            {
                ofPositives[p] = (all[i] - amongPositives[p]) / negatives.Length;
                p++;
            }
            else
            {
                ofNegatives[n] = 1 - ((all[i] - amongNegatives[n]) / positives.Length);
                n++;
            }
        }

        return (ofPositives, ofNegatives);
    }

    private static double Variance(double[] values)
    {
        if (values.Length < 2)
        {
            return 0;
        }

        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }

    private static double[] Pick(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, bool label)
    {
        var picked = new List<double>(labels.Length);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == label)
            {
                picked.Add(scores[i]);
            }
        }

        return [.. picked];
    }

    /// <summary>Ranks from 1 up; equal values share the mean of their ranks.</summary>
    private static double[] MidRanks(double[] values)
    {
        var order = Enumerable.Range(0, values.Length).ToArray();
        Array.Sort((double[])values.Clone(), order);
        var ranks = new double[values.Length];
        for (var start = 0; start < order.Length;)
        {
            var end = start;
            while (end < order.Length && values[order[end]].Equals(values[order[start]]))
            {
                end++;
            }

            for (var i = start; i < end; i++)
            {
                ranks[order[i]] = ((start + end - 1) / 2.0) + 1;
            }

            start = end;
        }

        return ranks;
    }
}
