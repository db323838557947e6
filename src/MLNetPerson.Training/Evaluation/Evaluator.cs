namespace MLNetPerson.Training.Evaluation;

/// <summary>Computes an <see cref="EvaluationReport"/>.</summary>
public static class Evaluator
{
    /// <summary>All metrics at one threshold.</summary>
    /// <param name="probabilities">0 to 1, one per sample.</param>
    /// <param name="labels">Whether there is a person.</param>
    /// <param name="threshold">Chosen on other samples than these, or the rates flatter.</param>
    /// <param name="seed">Of the bootstrap behind the intervals of F1 and average precision.</param>
    /// <exception cref="ArgumentException">The lengths differ, there is no sample, or a probability is not one.</exception>
    public static EvaluationReport Evaluate(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, double threshold, int seed = 17)
    {
        Scores.CheckLengths(probabilities, labels);
        if (labels.IsEmpty)
        {
            throw new ArgumentException("There are no samples to evaluate.", nameof(labels));
        }

        foreach (var probability in probabilities)
        {
            if (probability is not (>= 0 and <= 1))
            {
                throw new ArgumentException($"{probability} is not a probability.", nameof(probabilities));
            }
        }

        var decisions = new bool[labels.Length];
        for (var i = 0; i < decisions.Length; i++)
        {
            decisions[i] = probabilities[i] >= threshold;
        }

        return Evaluate(probabilities, labels, decisions, threshold, seed);
    }

    /// <summary>All metrics, where the answers are given rather than made by one threshold.</summary>
    internal static EvaluationReport Evaluate(
        ReadOnlySpan<double> probabilities,
        ReadOnlySpan<bool> labels,
        bool[] decisions,
        double threshold,
        int seed
    )
    {
        var confusion = ConfusionMatrix.Count(decisions, labels);
        return new EvaluationReport(
            threshold,
            confusion,
            confusion.Accuracy,
            confusion.Precision,
            confusion.Recall,
            F1(confusion, decisions, labels, seed),
            Evaluation.RocAuc.Of(probabilities, labels),
            AveragePrecision(probabilities, labels, seed),
            MeanEstimate.Of(ProbabilityMetrics.LogLosses(probabilities, labels), lowest: 0),
            MeanEstimate.Of(ProbabilityMetrics.SquaredErrors(probabilities, labels), lowest: 0, highest: 1),
            ProbabilityMetrics.ExpectedCalibrationError(probabilities, labels)
        );
    }

    private static Estimate F1(ConfusionMatrix confusion, bool[] decisions, ReadOnlySpan<bool> labels, int seed)
    {
        if (labels.Length <= Bootstrap.Many)
        {
            double[] asScores = [.. decisions.Select(decision => decision ? 1.0 : 0.0)];
            return Bootstrap.Of((scores, truth) => ConfusionMatrix.Count(scores, truth, 0.5).F1, asScores, labels, seed);
        }

        var truth = labels.ToArray();
        return Bootstrap.OfMany(
            times =>
            {
                long found = 0,
                    wrong = 0;
                for (var i = 0; i < times.Length; i++)
                {
                    found += decisions[i] && truth[i] ? times[i] : 0;
                    wrong += decisions[i] != truth[i] ? times[i] : 0;
                }

                return 2.0 * found / ((2.0 * found) + wrong);
            },
            confusion.F1,
            labels.Length,
            seed
        );
    }

    private static Estimate AveragePrecision(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, int seed)
    {
        if (labels.Length <= Bootstrap.Many)
        {
            return Bootstrap.Of(ProbabilityMetrics.AveragePrecision, probabilities, labels, seed);
        }

        var order = Scores.ByFallingScore(probabilities);
        var (falling, truth) = (new double[order.Length], new bool[order.Length]);
        for (var i = 0; i < order.Length; i++)
        {
            (falling[i], truth[i]) = (probabilities[order[i]], labels[order[i]]);
        }

        return Bootstrap.OfMany(
            times => ProbabilityMetrics.AveragePrecision(falling, truth, times),
            ProbabilityMetrics.AveragePrecision(probabilities, labels),
            labels.Length,
            seed
        );
    }
}
