using System.Collections.Immutable;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Features;

/// <summary>What one process did of an extraction that many share.</summary>
/// <param name="Shard">Its part.</param>
/// <param name="Seen">Samples of the dataset.</param>
/// <param name="Own">Pictures of the part that could be used.</param>
/// <param name="FromCache">How many of those were there already.</param>
/// <param name="Damaged">Records of the cache that a checksum refused, and that were made again.</param>
/// <param name="Skipped">Pictures that could not be used.</param>
/// <param name="Examples">The first of those.</param>
public sealed record ShardReport(
    Shard Shard,
    long Seen,
    long Own,
    long FromCache,
    long Damaged,
    long Skipped,
    ImmutableArray<SkippedSample> Examples
)
{
    /// <summary>How far this machine's clock is ahead of the shared folder's, where that is more than a minute; null otherwise. Nothing
    /// depends on it: features are known by content.</summary>
    public TimeSpan? ClockDifference { get; init; }
}
