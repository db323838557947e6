using System.Collections.Immutable;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining.Sizes;

/// <summary>What sizes of input cost and give.</summary>
/// <param name="Points">By size, then by encoding.</param>
/// <param name="Metrics">"held-out" or "cross-validated", and on how many pictures.</param>
/// <param name="UpToDate">Sizes whose models were there already.</param>
/// <param name="Skipped">Pictures that could not be used.</param>
public sealed record SizeFrontier(
    ImmutableArray<SizePoint> Points,
    PackageMetrics Metrics,
    ImmutableArray<int> UpToDate,
    ImmutableArray<SkippedSample> Skipped
)
{
    /// <summary>Says of each point which other one dominates it: the most accurate of those, and among them the quickest.</summary>
    public static ImmutableArray<SizePoint> Mark(IReadOnlyList<SizePoint> points) =>
        [
            .. points.Select(point =>
                point with
                {
                    DominatedBy = points
                        .Where(other => other.Dominates(point))
                        .OrderByDescending(other => other.Accuracy.Value)
                        .ThenBy(other => other.Milliseconds)
                        .FirstOrDefault()
                        ?.Name,
                }
            ),
        ];
}
