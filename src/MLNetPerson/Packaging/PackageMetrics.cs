namespace MLNetPerson.Packaging;

/// <summary>How well the float model did.</summary>
/// <param name="Source">"held-out": pictures that training never saw; "cross-validated": every picture judged by a head that was fitted
/// without it.</param>
/// <param name="Samples">How many pictures were judged.</param>
/// <param name="Values">The metrics by name.</param>
public sealed record PackageMetrics(string Source, int Samples, IReadOnlyDictionary<string, PackageMetric> Values);
