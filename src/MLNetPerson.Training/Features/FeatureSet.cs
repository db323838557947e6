using System.Collections.Immutable;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Features;

/// <summary>The features of a dataset, and what was left out of it.</summary>
/// <param name="Samples">Those that could be used, in the dataset's order.</param>
/// <param name="Table">Their features, in the same order.</param>
/// <param name="PictureHashes">SHA-256 of each one's file, in the same order.</param>
/// <param name="Skipped">Those that could not be used.</param>
/// <param name="FromCache">How many came out of the cache.</param>
public sealed record FeatureSet(
    ImmutableArray<Sample> Samples,
    FeatureTable Table,
    ImmutableArray<string> PictureHashes,
    ImmutableArray<SkippedSample> Skipped,
    int FromCache
)
{
    /// <summary>Whether no picture was opened: the hashes of all were known, and a cache had their features.</summary>
    public bool IsFromCacheAlone { get; init; }

    /// <summary>Whether each sample shows a person.</summary>
    public bool[] Labels => [.. Samples.Select(sample => sample.IsPerson)];
}
