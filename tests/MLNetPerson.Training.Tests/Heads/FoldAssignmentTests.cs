using FsCheck;
using FsCheck.Fluent;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Tests.Heads;

public sealed class FoldAssignmentTests
{
    [Fact]
    public void A_group_is_never_divided_and_no_sample_is_left_out() =>
        Prop.ForAll<int>(seed =>
            {
                var samples = Grouped(seed, groups: 40, largest: 6);
                var folds = FoldAssignment.Assign(samples, 5, seed);
                return folds.Length == samples.Count
                    && folds.All(fold => fold is >= 0 and < 5)
                    && samples
                        .Zip(folds)
                        .GroupBy(pair => pair.First.Group)
                        .All(group => group.Select(pair => pair.Second).Distinct().Count() == 1);
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Folds_are_of_like_size_and_like_share_of_persons()
    {
        var samples = Grouped(seed: 3, groups: 400, largest: 3);
        var folds = FoldAssignment.Assign(samples, 5, 17);

        var parts = samples
            .Zip(folds)
            .GroupBy(pair => pair.Second)
            .Select(part => (Count: part.Count(), Persons: part.Count(pair => pair.First.IsPerson)))
            .ToList();

        Assert.InRange(parts.Max(part => part.Count) - parts.Min(part => part.Count), 0, 12);
        Assert.InRange(parts.Max(part => part.Persons) - parts.Min(part => part.Persons), 0, 8);
    }

    [Fact]
    public void The_order_of_the_samples_does_not_matter()
    {
        var samples = Grouped(seed: 4, groups: 50, largest: 3);
        var reversed = Enumerable.Reverse(samples).ToList();

        Assert.Equal(FoldAssignment.Assign(samples, 5, 17), Enumerable.Reverse(FoldAssignment.Assign(reversed, 5, 17)));
    }

    private static List<Sample> Grouped(int seed, int groups, int largest)
    {
        var random = new Random(seed);
        List<Sample> samples = [];
        for (var group = 0; group < groups; group++)
        {
            var isPerson = group % 2 == 0;
            for (var member = random.Next(largest); member >= 0; member--)
            {
                samples.Add(
                    new Sample
                    {
                        File = $"{group}-{member}.jpg",
                        Path = $"/{group}-{member}.jpg",
                        IsPerson = isPerson,
                        Group = $"g{group}",
                    }
                );
            }
        }

        return samples;
    }
}
