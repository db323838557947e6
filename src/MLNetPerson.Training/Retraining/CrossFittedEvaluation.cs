using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Retraining;

/// <summary>Honest numbers where all samples are trained on: each fold's threshold, too, is chosen on the other folds.</summary>
internal static class CrossFittedEvaluation
{
    /// <param name="rule">How thresholds are chosen.</param>
    /// <param name="threshold">The package's own, for the report's heading.</param>
    /// <param name="report">The head's folds and cross-fitted probabilities.</param>
    /// <param name="labels">Of all samples.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public static EvaluationReport Evaluate(ThresholdRule rule, double threshold, HeadReport report, bool[] labels, int seed) =>
        Evaluator.Evaluate([.. report.CrossFittedProbabilities], labels, Decide(rule, report, labels), threshold, seed);

    /// <summary>What each sample is said to be, by a head and a threshold in which it had no part.</summary>
    public static bool[] Decide(ThresholdRule rule, HeadReport report, bool[] labels)
    {
        var decisions = new bool[labels.Length];
        foreach (var fold in report.Folds.Distinct())
        {
            int[] others = [.. Enumerable.Range(0, labels.Length).Where(i => report.Folds[i] != fold)];
            var chosen = ThresholdChooser.Choose(
                rule,
                [.. others.Select(i => report.CrossFittedProbabilities[i])],
                [.. others.Select(i => labels[i])]
            );
            for (var i = 0; i < labels.Length; i++)
            {
                if (report.Folds[i] == fold)
                {
                    decisions[i] = report.CrossFittedProbabilities[i] >= chosen;
                }
            }
        }

        return decisions;
    }
}
