using MLNetPerson.Benchmarking;

namespace MLNetPerson.Tests.Benchmarking;

public sealed class LatencySummaryTests
{
    [Fact]
    public void Percentiles_are_those_of_the_sorted_times()
    {
        var summary = LatencySummary.Of(Enumerable.Range(1, 100).Reverse().Select(value => (double)value));

        Assert.Equal((100, 50, 95, 99), (summary.Runs, summary.P50, summary.P95, summary.P99));
        Assert.Equal((41, 61), (summary.P50Low, summary.P50High)); // ranks 50 ∓ 9.8 and one more
    }

    [Fact]
    public void Percentiles_have_intervals_where_there_are_runs_enough_to_know_them()
    {
        static LatencySummary Summary(int runs) => LatencySummary.Of(Enumerable.Range(1, runs).Select(value => (double)value));

        Assert.Null(Summary(100).P95High);
        Assert.Null(Summary(100).P95Low);
        Assert.Equal(
            (LatencySummary.RunsForP95, null),
            (Summary(LatencySummary.RunsForP95).P95High, Summary(LatencySummary.RunsForP95).P99High)
        );
        Assert.Equal((937, 950, 965), (Summary(1000).P95Low, Summary(1000).P95, Summary(1000).P95High)); // ranks 950 ∓ 13.5 and one more
        Assert.Equal((984, 990, 998), (Summary(1000).P99Low, Summary(1000).P99, Summary(1000).P99High)); // ranks 990 ∓ 6.2 and one more
    }

    [Fact]
    public void The_95th_percentiles_interval_covers_the_truth_95_times_in_100()
    {
        var random = new Random(67);
        const int Rounds = 1000;
        var truth = -Math.Log(0.05);

        var covered = Enumerable
            .Range(0, Rounds)
            .Count(_ =>
            {
                var summary = LatencySummary.Of(Enumerable.Range(0, 400).Select(_ => -Math.Log(1 - random.NextDouble())));
                return summary.P95Low <= truth && summary.P95High >= truth;
            });

        Assert.InRange(covered / (double)Rounds, 0.93, 0.985);
    }

    [Fact]
    public void One_run_is_all_of_them()
    {
        var summary = LatencySummary.Of([7]);

        Assert.Equal(new LatencySummary(1, 7, 7, 7, 7, 7), summary);
        Assert.Throws<ArgumentException>(() => LatencySummary.Of([]));
    }

    [Fact]
    public void The_medians_interval_covers_the_truth_95_times_in_100()
    {
        var random = new Random(61);
        const int Rounds = 1000;

        // Skewed, as times are: the exponential distribution's median is ln 2.
        var covered = Enumerable
            .Range(0, Rounds)
            .Count(_ =>
            {
                var summary = LatencySummary.Of(Enumerable.Range(0, 200).Select(_ => -Math.Log(1 - random.NextDouble())));
                return summary.P50Low <= Math.Log(2) && summary.P50High >= Math.Log(2);
            });

        Assert.InRange(covered / (double)Rounds, 0.93, 0.98);
    }
}
