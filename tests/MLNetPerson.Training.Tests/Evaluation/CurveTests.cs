using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Tests.Evaluation;

public sealed class CurveTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(40), InlineData(500)]
    public void A_sweep_counts_what_counting_one_by_one_counts(int samples)
    {
        var (probabilities, labels) = Drawn(samples);
        var sweep = new ThresholdSweep(probabilities, labels);

        foreach (
            var threshold in probabilities
                .Concat([0, 0.25, 0.5, 1, 1.5, -1, double.PositiveInfinity])
                .Concat(probabilities.Select(Math.BitIncrement))
        )
        {
            Assert.Equal(ConfusionMatrix.Count(probabilities, labels, threshold), sweep.At(threshold));
        }

        Assert.Equal((labels.Count(label => label), labels.Count(label => !label)), (sweep.Persons, sweep.Others));
    }

    [Fact]
    public void Points_lead_from_nobody_to_everybody_and_neither_rate_ever_falls()
    {
        var (probabilities, labels) = Drawn(300);
        var points = new ThresholdSweep(probabilities, labels).Points(int.MaxValue);

        Assert.Equal(probabilities.Distinct().Count() + 1, points.Length);
        Assert.Equal(
            (0, 300),
            (
                points[0].Confusion.TruePositive + points[0].Confusion.FalsePositive,
                points[^1].Confusion.TruePositive + points[^1].Confusion.FalsePositive
            )
        );
        Assert.All(
            points.Zip(points.Skip(1)),
            pair =>
                Assert.True(
                    pair.First.Threshold > pair.Second.Threshold
                        && pair.First.Confusion.TruePositive <= pair.Second.Confusion.TruePositive
                        && pair.First.Confusion.FalsePositive <= pair.Second.Confusion.FalsePositive
                )
        );
        Assert.All(points, point => Assert.Equal(ConfusionMatrix.Count(probabilities, labels, point.Threshold), point.Confusion));
    }

    [Fact]
    public void The_area_below_the_points_is_the_area_that_is_reported()
    {
        var (probabilities, labels) = Drawn(300);
        var points = new ThresholdSweep(probabilities, labels).Points(int.MaxValue);

        var area = points
            .Zip(points.Skip(1))
            .Sum(pair =>
                (pair.Second.Confusion.FalseAlarmRate.Value - pair.First.Confusion.FalseAlarmRate.Value)
                * (pair.First.Confusion.Recall.Value + pair.Second.Confusion.Recall.Value)
                / 2
            );

        Assert.Equal(RocAuc.Of(probabilities, labels).Value, area, 1e-12);
    }

    [Fact]
    public void Thinned_points_are_points_and_keep_both_ends()
    {
        var (probabilities, labels) = Drawn(5000);
        var sweep = new ThresholdSweep(probabilities, labels);
        var (all, thinned) = (sweep.Points(int.MaxValue), sweep.Points(50));

        Assert.Equal(50, thinned.Length);
        Assert.Equal((all[0], all[^1]), (thinned[0], thinned[^1]));
        Assert.Superset(thinned.ToHashSet(), all.ToHashSet());
    }

    [Fact]
    public void Calibration_bins_give_the_calibration_error()
    {
        var (probabilities, labels) = Drawn(700);
        var bins = CalibrationCurve.Of(probabilities, labels);

        Assert.Equal(700, bins.Sum(bin => bin.Samples));
        Assert.All(bins, bin => Assert.InRange(bin.MeanProbability, bin.Low, bin.High));
        Assert.Equal(
            ProbabilityMetrics.ExpectedCalibrationError(probabilities, labels),
            bins.Sum(bin => bin.Samples * Math.Abs(bin.Persons.Value - bin.MeanProbability)) / 700,
            1e-12
        );
    }

    /// <summary>Rounded, so that there are equal ones.</summary>
    private static (double[] Probabilities, bool[] Labels) Drawn(int samples)
    {
        var random = new Random(samples);
        double[] probabilities = [.. Enumerable.Range(0, samples).Select(_ => Math.Round(random.NextDouble(), 2 + random.Next(2)))];
        return (probabilities, [.. probabilities.Select(probability => random.NextDouble() < probability)]);
    }
}
