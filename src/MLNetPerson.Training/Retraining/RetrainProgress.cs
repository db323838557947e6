using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>How far a retrain is.</summary>
/// <param name="Step">What is being done, for a reader.</param>
/// <param name="Features">How far the extraction is, while one is running.</param>
public readonly record struct RetrainProgress(string Step, FeatureProgress? Features = null)
{
    /// <summary>The same for the making of encodings.</summary>
    public static RetrainProgress Of(QuantizeProgress step) =>
        new(step.Step, step.Total == 0 ? null : new FeatureProgress(step.Done, step.Total, 0, 0));
}
