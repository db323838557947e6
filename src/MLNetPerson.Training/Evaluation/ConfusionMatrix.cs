namespace MLNetPerson.Training.Evaluation;

/// <summary>Counts of right and wrong answers. Positive is <i>person</i>.</summary>
/// <param name="TruePositive">Persons found.</param>
/// <param name="FalsePositive">False alarms.</param>
/// <param name="TrueNegative">Pictures without a person, said to be so.</param>
/// <param name="FalseNegative">Persons missed.</param>
public readonly record struct ConfusionMatrix(int TruePositive, int FalsePositive, int TrueNegative, int FalseNegative)
{
    /// <summary>Counts the answers "probability ≥ threshold".</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static ConfusionMatrix Count(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, double threshold)
    {
        Scores.CheckLengths(probabilities, labels);
        var decisions = new bool[labels.Length];
        for (var i = 0; i < decisions.Length; i++)
        {
            decisions[i] = probabilities[i] >= threshold;
        }

        return Count(decisions, labels);
    }

    /// <summary>Counts given answers.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static ConfusionMatrix Count(ReadOnlySpan<bool> decisions, ReadOnlySpan<bool> labels)
    {
        if (decisions.Length != labels.Length)
        {
            throw new ArgumentException($"{decisions.Length} answers do not belong to {labels.Length} labels.", nameof(decisions));
        }

        int truePositive = 0,
            falsePositive = 0,
            trueNegative = 0,
            falseNegative = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            _ = (decisions[i], labels[i]) switch
            {
                (true, true) => truePositive++,
                (true, false) => falsePositive++,
                (false, false) => trueNegative++,
                (false, true) => falseNegative++,
            };
        }

        return new ConfusionMatrix(truePositive, falsePositive, trueNegative, falseNegative);
    }

    /// <summary>All answers.</summary>
    public int Total => TruePositive + FalsePositive + TrueNegative + FalseNegative;

    /// <summary>Right answers among all.</summary>
    public Estimate Accuracy => WilsonInterval.Of(TruePositive + TrueNegative, Total);

    /// <summary>Persons among the answers "person".</summary>
    public Estimate Precision => WilsonInterval.Of(TruePositive, TruePositive + FalsePositive);

    /// <summary>Answers "person" among the persons.</summary>
    public Estimate Recall => WilsonInterval.Of(TruePositive, TruePositive + FalseNegative);

    /// <summary>Answers "person" among the pictures without one.</summary>
    public Estimate FalseAlarmRate => WilsonInterval.Of(FalsePositive, FalsePositive + TrueNegative);

    /// <summary>Harmonic mean of precision and recall; NaN where there is neither a person nor an answer "person".</summary>
    public double F1 => 2.0 * TruePositive / ((2.0 * TruePositive) + FalsePositive + FalseNegative);
}
