namespace MLNetPerson.Training.Evaluation;

/// <summary>Percentile intervals by drawing samples with replacement.</summary>
internal static class Bootstrap
{
    /// <summary>Enough that the interval's ends move by less than they mean.</summary>
    public const int Draws = 1000;

    /// <summary>A metric of scores and labels that compiles to a method group.</summary>
    public delegate double Metric(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels);

    public static Estimate Of(Metric metric, ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int seed)
    {
        var random = new Random(seed);
        var values = new List<double>(Draws);
        var (drawnScores, drawnLabels) = (new double[scores.Length], new bool[labels.Length]);
        for (var draw = 0; draw < Draws && labels.Length > 0; draw++)
        {
            for (var i = 0; i < drawnScores.Length; i++)
            {
                var from = random.Next(drawnScores.Length);
                (drawnScores[i], drawnLabels[i]) = (scores[from], labels[from]);
            }

            if (metric(drawnScores, drawnLabels) is var value && double.IsFinite(value))
            {
                values.Add(value);
            }
        }

        values.Sort();
        var interval = values.Count == 0 ? new Interval(double.NaN, double.NaN) : new Interval(At(0.025), At(0.975));
        return new Estimate(labels.Length == 0 ? double.NaN : metric(scores, labels), interval);

        double At(double quantile) => values[(int)Math.Round(quantile * (values.Count - 1))];
    }
}
