using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Features;

/// <summary>A sample that could not be used.</summary>
/// <param name="Sample">Which.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record SkippedSample(Sample Sample, string Reason);
