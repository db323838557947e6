namespace MLNetPerson.Training.Backbones;

/// <summary>Where one block of features lies in the feature vector.</summary>
/// <param name="Spec">What it is.</param>
/// <param name="Start">Index of its first feature.</param>
/// <param name="Count">Number of its features: the tap's channels.</param>
public sealed record FeatureBlock(FeatureSpec Spec, int Start, int Count);
