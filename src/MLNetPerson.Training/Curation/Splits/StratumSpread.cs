using System.Collections.Immutable;

namespace MLNetPerson.Training.Curation.Splits;

/// <summary>How the pictures of one kind are spread over the splits.</summary>
/// <param name="Stratum">For example "person, weather=rain".</param>
/// <param name="Counts">Pictures in each split, in the plan's order.</param>
public sealed record StratumSpread(string Stratum, ImmutableArray<int> Counts);
