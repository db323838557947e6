using System.Globalization;
using MLNetPerson.Training.Curation.Neighbours;

namespace MLNetPerson.Training.Curation.Checks;

/// <summary>What follows from copies: too many of one picture, labels at odds, and one scene in two splits.</summary>
internal static class CopyChecks
{
    public static CheckResult Exact(IReadOnlyList<CuratedPicture> pictures, IReadOnlyList<CopyPair> pairs)
    {
        var findings = Clusters(pictures.Count, pairs.Where(pair => pair.Kind == FindingKind.ExactDuplicate))
            .SelectMany(cluster =>
                cluster
                    .Skip(1)
                    .Select(copy =>
                        pictures[copy]
                            .Found(
                                FindingKind.ExactDuplicate,
                                CurationAction.Remove,
                                1,
                                $"the same bytes as '{pictures[cluster[0]].Sample.File}', which stays"
                            ) with
                        {
                            Related = [pictures[cluster[0]].Sample.File],
                        }
                    )
            );
        return new CheckResult("exact duplicates", "files with the same SHA-256; the first of each stays", [.. findings]);
    }

    public static CheckResult Near(IReadOnlyList<CuratedPicture> pictures, IReadOnlyList<CopyPair> pairs)
    {
        var best = Best(pictures.Count, pairs);
        var families = Families.Of(pictures, pairs);
        var findings = families
            .Members.Where(family => family.Any(index => best[index] is not null))
            .SelectMany(family =>
                family
                    .Where(index =>
                        families.NameOf(index) != pictures[index].Sample.Group && best[index] is not { Kind: FindingKind.ExactDuplicate }
                    )
                    .Select(index => Joined(pictures, family, index, best[index], families.NameOf(index)!))
            );
        return new CheckResult(
            "near-duplicates",
            "perceptual hashes and features name candidates; each is laid over the other picture, cropped and mirrored too",
            [.. findings.OrderByDescending(finding => finding.Score).ThenBy(finding => finding.File, StringComparer.Ordinal)]
        );
    }

    private static Finding Joined(IReadOnlyList<CuratedPicture> pictures, int[] family, int index, CopyPair? best, string name)
    {
        var picture = pictures[index];
        var related = family.Where(member => member != index).Select(member => pictures[member].Sample.File);
        if (best is not { } pair)
        {
            return picture.Found(
                FindingKind.SameScene,
                CurationAction.Group,
                0,
                $"its group holds a copy out of group '{name}': the two are one"
            ) with
            {
                From = picture.Sample.Group ?? "",
                To = name,
                Related = [.. related],
            };
        }

        var other = pictures[pair.First == index ? pair.Second : pair.First].Sample.File;
        return picture.Found(
            pair.Kind,
            CurationAction.Group,
            Math.Clamp(pair.Agreement, 0, 1),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(pair.Kind == FindingKind.NearDuplicate ? "the same photograph as" : "of one scene with")} '{other}', details agree by "
                    + $"{pair.Agreement:0.00}; they belong on one side of every split"
            )
        ) with
        {
            From = picture.Sample.Group ?? "",
            To = name,
            Related = [.. related],
        };
    }

    public static CheckResult Conflicts(IReadOnlyList<CuratedPicture> pictures, IReadOnlyList<CopyPair> pairs)
    {
        var findings = pairs
            .Where(pair =>
                pair.Kind != FindingKind.SameScene && pictures[pair.First].Sample.IsPerson != pictures[pair.Second].Sample.IsPerson
            )
            .Select(pair =>
                pictures[pair.Second]
                    .Found(
                        FindingKind.LabelConflict,
                        CurationAction.Review,
                        Math.Clamp(pair.Agreement, 0, 1),
                        $"labelled {pictures[pair.Second].Label}, its copy '{pictures[pair.First].Sample.File}' "
                            + $"{pictures[pair.First].Label}: one of them is wrong"
                    ) with
                {
                    Related = [pictures[pair.First].Sample.File],
                }
            );
        return new CheckResult(
            "label conflicts",
            "copies of one photograph with different labels",
            [.. findings.OrderByDescending(finding => finding.Score)]
        );
    }

    /// <summary>What may be learned from must not be what is measured on.</summary>
    public static CheckResult Leaks(IReadOnlyList<CuratedPicture> pictures, IReadOnlyList<CopyPair> pairs)
    {
        var best = Best(pictures.Count, pairs);
        var findings = Families
            .Of(pictures, pairs)
            .Members.Where(cluster => cluster.Select(index => pictures[index].Sample.Split).OfType<string>().Distinct().Count() > 1)
            .SelectMany(cluster =>
                FromTraining(pictures, cluster)
                    .Select(index =>
                    {
                        var elsewhere = cluster
                            .Where(other => pictures[other].Sample.Split is { } split && split != pictures[index].Sample.Split)
                            .ToArray();
                        return pictures[index]
                            .Found(
                                FindingKind.SplitLeak,
                                CurationAction.Remove,
                                best[index]?.Agreement is { } agreement ? Math.Clamp(agreement, 0, 1) : 1,
                                $"in split '{pictures[index].Sample.Split}', but belongs with '{pictures[elsewhere[0]].Sample.File}' in "
                                    + $"split '{pictures[elsewhere[0]].Sample.Split}' ({Reason(pictures, index, elsewhere[0], best[index])}"
                                    + $"): what is measured there was seen here"
                            ) with
                        {
                            From = pictures[index].Sample.Split ?? "",
                            Related = [.. elsewhere.Select(other => pictures[other].Sample.File)],
                        };
                    })
            );
        return new CheckResult(
            "split leaks",
            "copies, scenes and groups that lie in more than one split; the training side gives way",
            [.. findings.OrderByDescending(finding => finding.Score).ThenBy(finding => finding.File, StringComparer.Ordinal)]
        );
    }

    private static List<int[]> Clusters(int count, IEnumerable<CopyPair> pairs)
    {
        var groups = new Groups(count);
        foreach (var pair in pairs)
        {
            groups.Join(pair.First, pair.Second);
        }

        return groups.Together();
    }

    private static IEnumerable<int> FromTraining(IReadOnlyList<CuratedPicture> pictures, int[] cluster)
    {
        // Where a split is called training, its members go; otherwise those of the larger side, which loses least.
        var training = cluster
            .Where(index => pictures[index].Sample.Split?.StartsWith("train", StringComparison.OrdinalIgnoreCase) == true)
            .ToArray();
        return training.Length > 0
            ? training
            : cluster
                .Where(index => pictures[index].Sample.Split is not null)
                .GroupBy(index => pictures[index].Sample.Split!, StringComparer.Ordinal)
                .OrderBy(split => pictures.Count(picture => picture.Sample.Split == split.Key))
                .ThenBy(split => split.Key, StringComparer.Ordinal)
                .Skip(1)
                .SelectMany(split => split);
    }

    private static string Reason(IReadOnlyList<CuratedPicture> pictures, int index, int other, CopyPair? best) =>
        pictures[index].Sample.Group is { } group && group == pictures[other].Sample.Group
            ? $"group '{group}'"
            : best?.Kind switch
            {
                FindingKind.ExactDuplicate => "the same bytes",
                FindingKind.NearDuplicate => "the same photograph",
                _ => "one scene",
            };

    private static CopyPair?[] Best(int count, IReadOnlyList<CopyPair> pairs)
    {
        var best = new CopyPair?[count];
        foreach (var pair in pairs)
        {
            foreach (var index in (ReadOnlySpan<int>)[pair.First, pair.Second])
            {
                best[index] = best[index] is { } known && known.Agreement >= pair.Agreement ? known : pair;
            }
        }

        return best;
    }
}
