namespace MLNetPerson.Training.Heads;

/// <summary>One penalty that cross-validation tried.</summary>
/// <param name="L2">The penalty.</param>
/// <param name="LogLoss">Mean log loss on samples that each head was fitted without.</param>
public readonly record struct PenaltyTrial(double L2, double LogLoss);
