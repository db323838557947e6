using System.Collections.Immutable;
using MLNetPerson.Training.Curation.Neighbours;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Curation.Splits;

/// <summary>
/// Divides a dataset by the hash of its pictures' content, families (groups, copies, scenes) as a whole. A picture's side depends on
/// nothing but its content, or its family's, and the seed: adding pictures never moves an old one, and the share of every kind of picture
/// is right in expectation.
/// </summary>
/// <remarks>
/// A family that grows keeps its side because splits that pictures have are kept. Where a new picture ties together old ones of different
/// splits, the new one is left out (<see cref="SplitPlan.Torn"/>): moving an old one would spoil what was measured on it.
/// </remarks>
public static class Splitter
{
    /// <summary>Seeds tried when the best one is asked for.</summary>
    private const int SeedsTried = 200;

    /// <summary>Divides.</summary>
    /// <param name="pictures">All that could be read.</param>
    /// <param name="copies">See <see cref="CopyFinder"/>.</param>
    /// <param name="plan">How.</param>
    /// <returns>The samples with splits and, where they belong together, groups; in the same order.</returns>
    public static (ImmutableArray<Sample> Samples, SplitReport Report) Split(
        IReadOnlyList<CuratedPicture> pictures,
        IEnumerable<CopyPair> copies,
        SplitPlan plan
    )
    {
        var families = Families.Of(pictures, copies);
        var splits = new string?[pictures.Count];
        List<string> torn = [];
        var kept = 0;
        var members = Enumerable
            .Range(0, pictures.Count)
            .GroupBy(
                index => families.NameOf(index) is { } name ? "g" + name : "p" + pictures[index].Measures.Sha256,
                StringComparer.Ordinal
            );
        foreach (var family in members.Select(family => family.ToArray()))
        {
            string[] had = plan.Anew
                ? []
                : [.. family.Select(index => Known(pictures[index].Sample.Split, plan)).OfType<string>().Distinct(StringComparer.Ordinal)];
            var split = had.Length == 1 ? had[0] : Side(HashSplit.Position(Key(pictures, family, families), plan.Seed), plan);
            foreach (var index in family)
            {
                var own = plan.Anew ? null : Known(pictures[index].Sample.Split, plan);
                splits[index] = own ?? (had.Length > 1 ? SplitPlan.Torn : split);
                kept += own is null ? 0 : 1;
                if (own is null && had.Length > 1)
                {
                    torn.Add(pictures[index].Sample.File);
                }
            }
        }

        var strata = Strata(pictures, splits, plan);
        return (
            [.. pictures.Select((picture, index) => picture.Sample with { Split = splits[index], Group = families.NameOf(index) })],
            new SplitReport(plan.Seed, strata, kept, [.. torn], Deviation(strata, plan))
        );
    }

    /// <summary>The seed, of many, under which every kind of picture is spread most alike. Write it down: another seed moves
    /// pictures.</summary>
    public static int BestSeed(IReadOnlyList<CuratedPicture> pictures, IReadOnlyList<CopyPair> copies, SplitPlan plan) =>
        Enumerable
            .Range(plan.Seed, SeedsTried)
            .AsParallel()
            .AsOrdered()
            .Select(seed => (Seed: seed, Split(pictures, copies, plan with { Seed = seed }).Report.WorstDeviation))
            .MinBy(trial => (trial.WorstDeviation, trial.Seed))
            .Seed;

    private static string? Known(string? split, SplitPlan plan) => plan.Parts.Any(part => part.Name == split) ? split : null;

    /// <summary>A named group goes by its name, copies by the content of one of them: whichever falls first on the line.</summary>
    private static string Key(IReadOnlyList<CuratedPicture> pictures, int[] family, Families families) =>
        family.Select(index => pictures[index].Sample.Group).OfType<string>().Any()
            ? families.NameOf(family[0])!
            : family.Select(index => pictures[index].Measures.Sha256).Order(StringComparer.Ordinal).First();

    private static string Side(double position, SplitPlan plan)
    {
        foreach (var (name, share) in plan.Parts)
        {
            position -= share;
            if (position < 0)
            {
                return name;
            }
        }

        return plan.Parts[^1].Name;
    }

    private static ImmutableArray<StratumSpread> Strata(IReadOnlyList<CuratedPicture> pictures, string?[] splits, SplitPlan plan)
    {
        IEnumerable<(string, Func<Sample, string?>)> kinds =
        [
            ("", _ => ""),
            .. plan.By.Select(name => (name, (Func<Sample, string?>)(sample => sample.Attributes.GetValueOrDefault(name)))),
        ];
        return
        [
            .. kinds.SelectMany(kind =>
                Enumerable
                    .Range(0, pictures.Count)
                    .Where(index => kind.Item2(pictures[index].Sample) is not null)
                    .GroupBy(index => (kind.Item2(pictures[index].Sample), pictures[index].Sample.IsPerson))
                    .OrderBy(stratum => stratum.Key.Item1, StringComparer.Ordinal)
                    .ThenBy(stratum => stratum.Key.IsPerson)
                    .Select(stratum => new StratumSpread(
                        $"{(stratum.Key.IsPerson ? "person" : "none")}"
                            + $"{(kind.Item1.Length == 0 ? "" : $", {kind.Item1}={stratum.Key.Item1}")}",
                        [.. plan.Parts.Select(part => stratum.Count(index => splits[index] == part.Name))]
                    ))
            ),
        ];
    }

    private static double Deviation(ImmutableArray<StratumSpread> strata, SplitPlan plan) =>
        strata
            .Select(stratum =>
            {
                var total = stratum.Counts.Sum();
                return total == 0
                    ? 0
                    : plan
                        .Parts.Select(
                            (part, i) =>
                                Math.Abs(stratum.Counts[i] - (total * part.Share)) / Math.Sqrt(total * part.Share * (1 - part.Share))
                        )
                        .Max();
            })
            .DefaultIfEmpty(0)
            .Max();
}
