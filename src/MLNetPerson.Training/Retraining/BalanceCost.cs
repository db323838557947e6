using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Retraining;

/// <summary>Fits the head once more without reweighing, and compares.</summary>
internal static class BalanceCost
{
    public static BalanceReport Measure(
        Recipe recipe,
        HeadTrainer trainer,
        FeatureNetwork network,
        FeatureSet training,
        FeatureSet? judged,
        AttributeWeights weights,
        LinearHead head,
        HeadReport report,
        EvaluationReport with,
        ThresholdRule rule,
        IProgress<HeadProgress>? progress,
        CancellationToken cancellation
    )
    {
        var (plain, plainReport) = trainer.Fit(training.Samples, training.Table, network.Blocks, null, progress, cancellation);
        var plainThreshold = ThresholdChooser.Choose(rule, plainReport.Calibration.Apply(plainReport.OutOfFoldLogits), training.Labels);
        var samples = (judged ?? training).Samples;
        var without = judged is null
            ? CrossFittedEvaluation.Evaluate(rule, plainThreshold, plainReport, training.Labels, recipe.Head.Seed)
            : Evaluator.Evaluate(LogitCalibration.None.Apply(plain.Logits(judged.Table)), judged.Labels, plainThreshold, recipe.Head.Seed);
        string?[] values = [.. samples.Select(sample => sample.Attributes.GetValueOrDefault(recipe.Balance!))];
        bool[] labels = [.. samples.Select(sample => sample.IsPerson)];
        return new BalanceReport(
            recipe.Balance!,
            weights.Capped,
            without,
            with,
            SliceEvaluator.Evaluate(recipe.Balance!, values, labels, Decisions(plain, plainReport, plainThreshold)),
            SliceEvaluator.Evaluate(recipe.Balance!, values, labels, Decisions(head, report, with.Threshold))
        );

        bool[] Decisions(LinearHead one, HeadReport its, double threshold) =>
            judged is null
                ? CrossFittedEvaluation.Decide(rule, its, training.Labels)
                : [.. LogitCalibration.None.Apply(one.Logits(judged.Table)).Select(probability => probability >= threshold)];
    }
}
