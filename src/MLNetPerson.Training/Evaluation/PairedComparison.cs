namespace MLNetPerson.Training.Evaluation;

/// <summary>Two models' answers on the same samples: only those on which they differ say anything about which is better.</summary>
/// <param name="Samples">How many both answered.</param>
/// <param name="Lost">Right by the first model, wrong by the second.</param>
/// <param name="Gained">Wrong by the first model, right by the second.</param>
/// <param name="PValue">
/// Of the exact two-sided test by Q. McNemar (Psychometrika 12, 1947): how often a fair coin would divide lost and gained at least so
/// unevenly. 1 where they never differ.
/// </param>
public sealed record PairedComparison(int Samples, int Lost, int Gained, double PValue)
{
    /// <summary>Accuracy of the second model minus that of the first. Range [−1, 1].</summary>
    public double Difference => Samples == 0 ? 0 : (Gained - Lost) / (double)Samples;

    /// <summary>Compares.</summary>
    /// <param name="first">Answers of the first model.</param>
    /// <param name="second">Answers of the second model.</param>
    /// <param name="labels">The truth.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static PairedComparison Of(ReadOnlySpan<bool> first, ReadOnlySpan<bool> second, ReadOnlySpan<bool> labels)
    {
        if (first.Length != labels.Length || second.Length != labels.Length)
        {
            throw new ArgumentException($"{first.Length} and {second.Length} answers do not fit {labels.Length} labels.", nameof(labels));
        }

        var (lost, gained) = (0, 0);
        for (var i = 0; i < labels.Length; i++)
        {
            lost += first[i] == labels[i] && second[i] != labels[i] ? 1 : 0;
            gained += first[i] != labels[i] && second[i] == labels[i] ? 1 : 0;
        }

        return new PairedComparison(labels.Length, lost, gained, TwoSided(Math.Min(lost, gained), lost + gained));
    }

    /// <summary>Compares the decisions that two models' probabilities lead to.</summary>
    /// <remarks>In single precision, as whoever runs the models decides.</remarks>
    internal static PairedComparison Of(double[] first, double[] second, ReadOnlySpan<bool> labels, double threshold) =>
        Of(Decide(first, threshold), Decide(second, threshold), labels);

    private static bool[] Decide(double[] probabilities, double threshold) =>
        [.. probabilities.Select(probability => (float)probability >= (float)threshold)];

    /// <summary>Twice the chance of at most <paramref name="fewer"/> heads among <paramref name="tosses"/>, 1 at most.</summary>
    private static double TwoSided(int fewer, int tosses)
    {
        double chance = 0,
            logTerm = -tosses * Math.Log(2);
        for (var heads = 0; heads <= fewer; heads++)
        {
            chance += Math.Exp(logTerm);
            logTerm += Math.Log((tosses - heads) / (heads + 1.0));
        }

        return Math.Min(1, 2 * chance);
    }
}
