using System.Collections.Immutable;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Export;

/// <summary>Pictures that encodings are compared with float on.</summary>
/// <param name="All">As given.</param>
/// <param name="Used">Those that can be used.</param>
/// <param name="Probabilities">The float model's, one for each used.</param>
/// <param name="Source"><see cref="EncodingReport.HeldOut"/> or <see cref="EncodingReport.NotHeldOut"/>.</param>
internal sealed record ProofSet(ImmutableArray<Sample> All, ImmutableArray<Sample> Used, double[] Probabilities, string Source)
{
    /// <summary>The truth, one for each used.</summary>
    public bool[] Labels { get; } = [.. Used.Select(sample => sample.IsPerson)];
}
