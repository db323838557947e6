using System.Collections.Immutable;

namespace MLNetPerson.Training.Curation;

/// <summary>What one check did.</summary>
/// <param name="Check">Its name.</param>
/// <param name="About">What it looked at and how.</param>
/// <param name="Findings">The strongest first.</param>
public sealed record CheckResult(string Check, string About, ImmutableArray<Finding> Findings);
