using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Tests.Evaluation;

/// <summary>The bootstrap of many samples against the one of few, on the same.</summary>
public sealed class BootstrapTests
{
    [Fact]
    public void Counting_samples_instead_of_drawing_them_gives_the_same_interval()
    {
        const int Samples = 3000;
        var random = new Random(3);
        bool[] labels = [.. Enumerable.Range(0, Samples).Select(_ => random.NextDouble() < 0.4)];
        double[] scores = [.. labels.Select(label => Math.Clamp((label ? 0.6 : 0.4) + (0.4 * (random.NextDouble() - 0.5)), 0, 1))];
        var order = Enumerable.Range(0, Samples).OrderByDescending(i => scores[i]).ToArray();
        double[] falling = [.. order.Select(i => scores[i])];
        bool[] truth = [.. order.Select(i => labels[i])];

        var drawn = Bootstrap.Of(ProbabilityMetrics.AveragePrecision, scores, labels, seed: 17);
        var counted = Bootstrap.OfMany(
            times => ProbabilityMetrics.AveragePrecision(falling, truth, times),
            ProbabilityMetrics.AveragePrecision(scores, labels),
            Samples,
            seed: 17
        );

        Assert.Equal(drawn.Value, counted.Value);
        // The ends of an interval of a thousand draws move by some 5 % of its width from seed to seed.
        var width = drawn.Interval.High - drawn.Interval.Low;
        Assert.InRange(counted.Interval.Low, drawn.Interval.Low - (0.15 * width), drawn.Interval.Low + (0.15 * width));
        Assert.InRange(counted.Interval.High, drawn.Interval.High - (0.15 * width), drawn.Interval.High + (0.15 * width));
    }

    [Fact]
    public void Each_sample_once_is_the_metric_itself()
    {
        double[] falling = [0.9, 0.8, 0.8, 0.3, 0.1];
        bool[] labels = [true, false, true, true, false];

        Assert.Equal(
            ProbabilityMetrics.AveragePrecision(falling, labels),
            ProbabilityMetrics.AveragePrecision(falling, labels, [1, 1, 1, 1, 1]),
            1e-12
        );
        // Twice the same sample is two samples.
        Assert.Equal(
            ProbabilityMetrics.AveragePrecision([0.9, 0.9, 0.8, 0.8, 0.1], [true, true, false, true, false]),
            ProbabilityMetrics.AveragePrecision(falling, labels, [2, 1, 1, 0, 1]),
            1e-12
        );
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_on_any_number_of_cores()
    {
        static double Sum(byte[] times) => times.Select((count, i) => (double)count * i).Sum();

        Assert.Equal(Bootstrap.OfMany(Sum, 0, 500, seed: 5), Bootstrap.OfMany(Sum, 0, 500, seed: 5));
        Assert.NotEqual(Bootstrap.OfMany(Sum, 0, 500, seed: 5), Bootstrap.OfMany(Sum, 0, 500, seed: 6));
    }
}
