using System.Collections.Immutable;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Retraining;

/// <summary>The pictures behind a retrain's numbers.</summary>
/// <param name="Samples">Those that were judged.</param>
/// <param name="Probabilities">Of each, by a head that never saw it.</param>
/// <param name="Sha256">Over pictures, labels and groups.</param>
public sealed record JudgedSet(ImmutableArray<Sample> Samples, ImmutableArray<double> Probabilities, string Sha256);
