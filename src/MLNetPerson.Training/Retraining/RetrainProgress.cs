using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>How far a retrain is.</summary>
/// <param name="Step">What is being done, for a reader.</param>
/// <param name="Features">How far the extraction is, while one is running.</param>
public readonly record struct RetrainProgress(string Step, FeatureProgress? Features = null);
