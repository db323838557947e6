using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Tests.Evaluation;

/// <summary>Two models on the same samples, against numbers worked out by hand.</summary>
public sealed class PairedComparisonTests
{
    private const int Seed = 41;

    [Fact]
    public void Only_answers_that_differ_count()
    {
        //             same right  lost   gained  same wrong  gained
        bool[] first = [true, true, false, false, true];
        bool[] second = [true, false, true, false, false];
        bool[] labels = [true, true, true, true, false];

        var comparison = PairedComparison.Of(first, second, labels);

        Assert.Equal((1, 2, 0.2), (comparison.Lost, comparison.Gained, comparison.Difference));
        Assert.Equal(1, comparison.PValue); // 2 · (1 + 3) / 8
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(5, 0, 2 / 32.0)]
    [InlineData(0, 6, 2 / 64.0)]
    [InlineData(8, 2, 2 * (1 + 10 + 45) / 1024.0)]
    public void The_p_value_is_that_of_a_fair_coin(int lost, int gained, double expected)
    {
        var labels = Enumerable.Repeat(true, lost + gained).ToArray();
        bool[] first = [.. Enumerable.Range(0, lost + gained).Select(i => i < lost)];

        Assert.Equal(expected, PairedComparison.Of(first, [.. first.Select(answer => !answer)], labels).PValue, 12);
    }

    [Fact]
    public void The_areas_difference_is_the_difference_of_the_areas_and_a_copy_has_none()
    {
        var random = new Random(Seed);
        bool[] labels = [.. Enumerable.Range(0, 400).Select(i => i % 3 == 0)];
        double[] first = [.. labels.Select(label => random.NextDouble() + (label ? 0.5 : 0))];
        double[] second = [.. first.Select(score => score + (0.1 * random.NextDouble()))];

        var difference = RocAuc.Difference(first, second, labels);

        Assert.Equal(RocAuc.Of(second, labels).Value - RocAuc.Of(first, labels).Value, difference.Value, 12);
        Assert.True(
            difference.Interval.High - difference.Interval.Low
                < RocAuc.Of(first, labels).Interval.High - RocAuc.Of(first, labels).Interval.Low,
            "pairing did not help"
        );
        Assert.Equal(new Estimate(0, new Interval(0, 0)), RocAuc.Difference(first, first, labels));
    }

    [Fact]
    public void The_differences_interval_covers_the_truth_95_times_in_100()
    {
        var random = new Random(Seed);
        const int Rounds = 600;
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

        // Both see the same signal with noise of their own, so the areas are equal and the truth is 0.
        var covered = Enumerable
            .Range(0, Rounds)
            .Count(_ =>
            {
                bool[] labels = [.. Enumerable.Range(0, 120).Select(i => i % 2 == 0)];
                double[] shared = [.. labels.Select(label => Normal() + (label ? 1 : 0))];
                var interval = RocAuc
                    .Difference(
                        [.. shared.Select(score => score + (0.5 * Normal()))],
                        [.. shared.Select(score => score + (0.5 * Normal()))],
                        labels
                    )
                    .Interval;
                return interval.Low <= 0 && interval.High >= 0;
            });

        Assert.InRange(covered / (double)Rounds, 0.92, 0.975);
    }
}
