using System.Collections.Immutable;
using MLNetPerson.Training.Curation;

namespace MLNetPerson.Training.Pages;

/// <summary>What there is to doubt about a dataset.</summary>
/// <param name="About">What was looked at, for a reader.</param>
/// <param name="Checks">With their findings.</param>
/// <param name="Pictures">Some findings' pictures by file name.</param>
public sealed record ReportFindings(string About, ImmutableArray<CheckResult> Checks, ImmutableDictionary<string, ReportPicture> Pictures);
