using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Tests.Heads;

public sealed class CalibratorTests
{
    [Theory, InlineData(CalibrationMethod.Platt), InlineData(CalibrationMethod.Temperature)]
    public void No_slope_and_offset_nearby_are_better(CalibrationMethod method)
    {
        var (logits, labels) = Overconfident(seed: 4);

        var found = Calibrator.Fit(method, logits, labels);

        var best = Loss(found.Slope, found.Offset);
        foreach (var (slope, offset) in new[] { (1.01, 0.0), (0.99, 0.0), (1.0, 0.01), (1.0, -0.01), (1.02, 0.02) })
        {
            var allowed = method == CalibrationMethod.Platt ? offset : 0;
            Assert.True(Loss(found.Slope * slope, found.Offset + allowed) >= best - 1e-9);
        }

        double Loss(double slope, double offset)
        {
            // Platt's smoothed targets.
            var persons = labels.Count(label => label);
            var (high, low) = ((persons + 1.0) / (persons + 2), 1.0 / (labels.Length - persons + 2));
            return logits
                .Zip(
                    labels,
                    (logit, label) =>
                    {
                        var (target, probability) = (label ? high : low, 1 / (1 + Math.Exp(-((slope * logit) + offset))));
                        return -(target * Math.Log(probability)) - ((1 - target) * Math.Log(1 - probability));
                    }
                )
                .Sum();
        }
    }

    [Fact]
    public void Overconfidence_is_found_and_undone()
    {
        // The logits are three times too large and 1 too high.
        var (logits, labels) = Overconfident(seed: 5, count: 20_000);

        var found = Calibrator.Fit(CalibrationMethod.Platt, logits, labels);

        Assert.Equal(1 / 3.0, found.Slope, 0.02);
        Assert.Equal(-1 / 3.0, found.Offset, 0.05);
    }

    [Fact]
    public void Separable_logits_give_a_finite_slope()
    {
        var found = Calibrator.Fit(CalibrationMethod.Platt, [-2, -1, 1, 2], [false, false, true, true]);

        Assert.InRange(found.Slope, 0.1, 100);
        Assert.Equal(0, found.Offset, 6);
    }

    [Fact]
    public void Logits_that_point_the_wrong_way_never_turn_the_order_round() =>
        Assert.True(Calibrator.Fit(CalibrationMethod.Platt, [2, 1, -1, -2], [false, false, true, true]).Slope > 0);

    [Fact]
    public void A_folded_head_gives_the_calibrated_probabilities()
    {
        var head = new LinearHead([0.5f, -2], 0.25);
        var calibration = new LogitCalibration(CalibrationMethod.Platt, 0.7, -0.3);
        float[] features = [3, 1.5f];

        Assert.Equal(calibration.Apply(head.Logit(features)), LogitCalibration.None.Apply(calibration.FoldInto(head).Logit(features)), 6);
    }

    [Fact]
    public void One_class_alone_cannot_be_calibrated() =>
        Assert.Throws<ArgumentException>(() => Calibrator.Fit(CalibrationMethod.Platt, [1, 2], [true, true]));

    private static (double[] Logits, bool[] Labels) Overconfident(int seed, int count = 500)
    {
        var random = new Random(seed);
        double[] truth = [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() - 0.5) * 6)];
        return ([.. truth.Select(logit => (3 * logit) + 1)], [.. truth.Select(logit => random.NextDouble() < 1 / (1 + Math.Exp(-logit)))]);
    }
}
