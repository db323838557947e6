using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Tests.Datasets;

public sealed class HashSplitTests
{
    [Fact]
    public void Adding_samples_never_moves_an_old_one()
    {
        var (_, few) = HashSplit.Divide(Samples(100), 0.3, seed: 1);
        var (_, many) = HashSplit.Divide(Samples(1000), 0.3, seed: 1);

        Assert.Equal(few.Select(sample => sample.File), many.Where(sample => int.Parse(sample.File) < 100).Select(sample => sample.File));
    }

    [Fact]
    public void The_held_out_part_is_of_the_size_asked_for()
    {
        var (training, heldOut) = HashSplit.Divide(Samples(4000), 0.25, seed: 2);

        Assert.Equal(4000, training.Count + heldOut.Count);
        Assert.InRange(heldOut.Count, 920, 1080);
    }

    [Fact]
    public void A_group_stays_together()
    {
        var (training, heldOut) = HashSplit.Divide(Samples(1000).Select((sample, i) => sample with { Group = $"g{i % 50}" }), 0.5, seed: 3);

        Assert.Empty(training.Select(sample => sample.Group).Intersect(heldOut.Select(sample => sample.Group)));
    }

    private static IEnumerable<Sample> Samples(int count) =>
        Enumerable
            .Range(0, count)
            .Select(i => new Sample
            {
                File = $"{i}",
                Path = $"/{i}",
                IsPerson = i % 2 == 0,
            });
}
