namespace MLNetPerson.Training.Evaluation;

/// <summary>One point of the curves over all thresholds.</summary>
/// <param name="Threshold">The lowest probability that counts as a person.</param>
/// <param name="Confusion">Counts there.</param>
public readonly record struct ThresholdPoint(double Threshold, ConfusionMatrix Confusion);
