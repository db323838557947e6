using FsCheck;
using FsCheck.Fluent;
using MLNetPerson.Testing;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Curation.Neighbours;
using MLNetPerson.Training.Curation.Splits;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Tests.Curation;

public sealed class SplitterTests
{
    private static readonly SplitPlan Plan = new();

    [Fact]
    public void Adding_pictures_never_moves_an_old_one() =>
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                Gen.Choose(1, 60).Two().ToArbitrary(),
                pair =>
                {
                    var (old, more) = pair;
                    var first = Splitter.Split(Lines(old), [], Plan).Samples;
                    var second = Splitter.Split(Lines(old + more), [], Plan).Samples;
                    return first.Select(sample => sample.Split).SequenceEqual(second.Take(old).Select(sample => sample.Split));
                }
            )
        );

    [Fact]
    public void Not_even_copies_of_old_ones_move_them()
    {
        var random = new Random(6);
        for (var trial = 0; trial < 50; trial++)
        {
            var old = Splitter.Split(Lines(40), [], Plan).Samples;
            CuratedPicture[] grown =
            [
                .. old.Select((sample, i) => CuratedPictures.Line(i, sample.IsPerson, sample.Split)),
                .. Enumerable.Range(40, 20).Select(i => CuratedPictures.Line(i, true)),
            ];
            CopyPair[] copies = [.. Enumerable.Range(40, 20).Select(i => new CopyPair(random.Next(40), i, FindingKind.NearDuplicate, 0.9))];

            var (samples, report) = Splitter.Split(grown, copies, Plan);

            Assert.Equal(old.Select(sample => sample.Split), samples.Take(40).Select(sample => sample.Split));
            Assert.Equal(40, report.Kept);
            Assert.All(copies, copy => Assert.Equal(samples[copy.First].Split, samples[copy.Second].Split));
        }
    }

    [Fact]
    public void What_ties_two_splits_together_goes_into_neither()
    {
        CuratedPicture[] pictures =
        [
            CuratedPictures.Line(0, true, "train"),
            CuratedPictures.Line(1, true, "test"),
            CuratedPictures.Line(2, true),
        ];

        var (samples, report) = Splitter.Split(
            pictures,
            [new(0, 2, FindingKind.NearDuplicate, 0.9), new(1, 2, FindingKind.NearDuplicate, 0.9)],
            Plan
        );

        Assert.Equal(["train", "test", SplitPlan.Torn], samples.Select(sample => sample.Split));
        Assert.Equal("2.jpg", Assert.Single(report.Torn));
    }

    [Fact]
    public void Groups_copies_and_scenes_stay_together_and_shares_are_right()
    {
        var pictures = Enumerable
            .Range(0, 4000)
            .Select(i => CuratedPictures.Line(i, i % 3 == 0, null, i < 1000 ? $"g{i / 4}" : null, ("weather", i % 5 == 0 ? "rain" : "sun")))
            .ToArray();
        CopyPair[] copies =
        [
            .. Enumerable.Range(0, 300).Select(i => new CopyPair(1000 + (i * 2), 1001 + (i * 2), FindingKind.SameScene, 0.6)),
            new(3, 1000, FindingKind.NearDuplicate, 0.9),
        ];

        var (samples, report) = Splitter.Split(pictures, copies, Plan with { By = ["weather"] });

        Assert.All(
            copies,
            copy =>
                Assert.Equal(
                    (samples[copy.First].Split, samples[copy.First].Group),
                    (samples[copy.Second].Split, samples[copy.Second].Group)
                )
        );
        Assert.All(
            samples.Take(1000).GroupBy(sample => sample.Group),
            group => Assert.Single(group.Select(sample => sample.Split).Distinct())
        );
        Assert.Equal(6, report.Strata.Length);
        Assert.All(report.Strata, stratum => Assert.Equal(0.8, stratum.Counts[0] / (double)stratum.Counts.Sum(), 0.06));
        Assert.InRange(report.WorstDeviation, 0, 4.5);
    }

    [Fact]
    public void The_best_seed_spreads_more_evenly_and_can_be_used_again()
    {
        var pictures = Enumerable
            .Range(0, 200)
            .Select(i => CuratedPictures.Line(i, i % 4 == 0, null, null, ("weather", i % 5 == 0 ? "rain" : "sun")))
            .ToArray();
        var plan = Plan with { By = ["weather"] };
        var best = Splitter.BestSeed(pictures, [], plan);

        var spread = Splitter.Split(pictures, [], plan with { Seed = best }).Report;
        Assert.True(spread.WorstDeviation < Splitter.Split(pictures, [], plan).Report.WorstDeviation);
        Assert.InRange(spread.WorstDeviation, 0, 1.2);
        Assert.Equal(best, Splitter.BestSeed(pictures, [], plan));
    }

    [Fact]
    public void Splits_are_forgotten_only_on_demand()
    {
        var pictures = Enumerable.Range(0, 50).Select(i => CuratedPictures.Line(i, true, "dev")).ToArray();

        Assert.All(Splitter.Split(pictures, [], Plan).Samples, sample => Assert.Equal("dev", sample.Split));
        Assert.Contains(Splitter.Split(pictures, [], Plan with { Anew = true }).Samples, sample => sample.Split == "train");
    }

    [
        Theory,
        InlineData("train=0.8"),
        InlineData("train=0.8,dev=0.3"),
        InlineData("train=0.5,train=0.5"),
        InlineData("train=1.5,dev=-0.5"),
        InlineData("train,dev"),
        InlineData("torn=0.5,dev=0.5")
    ]
    public void Parts_that_do_not_divide_are_refused(string parts) =>
        Assert.Equal(
            $"'{parts}' does not divide a dataset. Write names and shares that sum to 1, as in train=0.8,dev=0.1,test=0.1.",
            Assert.Throws<DatasetException>(() => SplitPlan.ParseParts(parts)).Message
        );

    private static CuratedPicture[] Lines(int count) => [.. Enumerable.Range(0, count).Select(i => CuratedPictures.Line(i, i % 2 == 0))];
}
