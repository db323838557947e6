using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>What a retrain notices of its pictures by the way, from hashes and labels alone; <see cref="Curator"/> looks harder.</summary>
internal static class DataFindings
{
    /// <summary>A class with less than this share of the pictures is worth a word.</summary>
    private const double Rare = 0.2;

    /// <param name="training">What was trained on.</param>
    /// <param name="heldOut">What was held out, or null.</param>
    public static ImmutableArray<Finding> Of(FeatureSet training, FeatureSet? heldOut)
    {
        // Few pictures are there twice: only those are grouped.
        var (seen, twice) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var hash in heldOut is null ? training.PictureHashes : training.PictureHashes.Concat(heldOut.PictureHashes))
        {
            if (!seen.Add(hash))
            {
                twice.Add(hash);
            }
        }

        List<(Sample Sample, string Sha256, bool IsHeldOut)> all =
        [
            .. training
                .Samples.Zip(training.PictureHashes, (sample, hash) => (sample, hash, false))
                .Concat(heldOut is null ? [] : heldOut.Samples.Zip(heldOut.PictureHashes, (sample, hash) => (sample, hash, true)))
                .Where(one => twice.Contains(one.hash)),
        ];
        var same = all.GroupBy(one => one.Sha256, StringComparer.Ordinal).Where(group => group.Count() > 1).ToList();
        return
        [
            .. training
                .Skipped.Concat(heldOut?.Skipped ?? [])
                .Select(skip => new Finding
                {
                    Kind = FindingKind.Unreadable,
                    File = skip.Sample.File,
                    Action = CurationAction.Remove,
                    Score = 1,
                    Why = skip.Reason,
                }),
            .. same.Where(group => group.Any(one => one.IsHeldOut) && group.Any(one => !one.IsHeldOut))
                .Select(group =>
                    Copies(FindingKind.SplitLeak, group, "the same file was trained on and held out: it says nothing of new pictures")
                ),
            .. same.Where(group => group.Select(one => one.Sample.IsPerson).Distinct().Count() == 2)
                .Select(group => Copies(FindingKind.LabelConflict, group, "the same file is labelled person and none")),
            .. same.Where(group => group.Count(one => !one.IsHeldOut) > 1)
                .Select(group => Copies(FindingKind.ExactDuplicate, group, "the same file was trained on more than once")),
            .. Balance(training, "trained on"),
            .. heldOut is null ? [] : Balance(heldOut, "held out"),
        ];
    }

    private static Finding Copies(FindingKind kind, IEnumerable<(Sample Sample, string Sha256, bool IsHeldOut)> group, string why) =>
        new()
        {
            Kind = kind,
            File = group.First().Sample.File,
            Sha256 = group.First().Sha256,
            Action = CurationAction.Remove,
            Score = 1,
            Why = why,
            Related = [.. group.Skip(1).Select(one => one.Sample.File)],
        };

    private static IEnumerable<Finding> Balance(FeatureSet set, string which)
    {
        var persons = set.Samples.Count(sample => sample.IsPerson);
        var share = Math.Min(persons, set.Samples.Length - persons) / (double)set.Samples.Length;
        return share >= Rare
            ? []
            :
            [
                new Finding
                {
                    Kind = FindingKind.Imbalance,
                    Action = CurationAction.Review,
                    Score = 1 - share,
                    Why = string.Create(
                        CultureInfo.InvariantCulture,
                        $"of the {set.Samples.Length} pictures {which} {persons} show a person: numbers of the rarer kind are less certain"
                    ),
                },
            ];
    }
}
