using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Tests.Evaluation;

/// <summary>Every metric against its definition, typed out.</summary>
public sealed class MetricTests
{
    private const int Seed = 20;

    [Fact]
    public void The_area_is_the_share_of_pairs_in_the_right_order()
    {
        foreach (var (scores, labels) in Cases())
        {
            double right = 0,
                pairs = 0;
            for (var i = 0; i < labels.Length; i++)
            {
                for (var j = 0; j < labels.Length; j++)
                {
                    if (labels[i] && !labels[j])
                    {
                        pairs++;
                        right +=
                            scores[i] > scores[j] ? 1
                            : scores[i].Equals(scores[j]) ? 0.5
                            : 0;
                    }
                }
            }

            Assert.Equal(right / pairs, RocAuc.Of(scores, labels).Value, 12);
        }
    }

    [Fact]
    public void The_areas_interval_is_DeLongs()
    {
        // Two positives 0.9 and 0.4 against three negatives 0.5, 0.3, 0.1: placements 1 and 2/3 of the positives, 1/2, 1, 1 of the
        // negatives; variances 1/18 and 1/12; standard error √(1/36 + 1/36).
        var estimate = RocAuc.Of([0.9, 0.4, 0.5, 0.3, 0.1], [true, true, false, false, false]);

        Assert.Equal(5 / 6.0, estimate.Value, 12);
        Assert.Equal((5 / 6.0) - (1.959963984540054 * Math.Sqrt(1 / 18.0)), estimate.Interval.Low, 12);
        Assert.Equal(1, estimate.Interval.High);
    }

    [Fact]
    public void The_areas_interval_covers_the_truth_95_times_in_100()
    {
        var random = new Random(Seed);
        const int Rounds = 1000;

        // Normal scores one standard deviation apart: the area is Φ(1/√2) = 0.7602.
        var covered = Enumerable
            .Range(0, Rounds)
            .Count(_ =>
            {
                var labels = Enumerable.Range(0, 120).Select(i => i % 2 == 0).ToArray();
                var interval = RocAuc.Of([.. labels.Select(label => Normal(random) + (label ? 1 : 0))], labels).Interval;
                return interval.Low <= 0.760250 && interval.High >= 0.760250;
            });

        Assert.InRange(covered / (double)Rounds, 0.925, 0.97);
    }

    [Fact]
    public void Average_precision_sums_precision_over_recall()
    {
        foreach (var (scores, labels) in Cases())
        {
            var sum = 0.0;
            var persons = labels.Count(label => label);
            foreach (var threshold in scores.Distinct())
            {
                var at = ConfusionMatrix.Count(scores, labels, threshold);
                var stricter = ConfusionMatrix.Count(scores, labels, Math.BitIncrement(threshold));
                sum +=
                    (at.TruePositive - stricter.TruePositive)
                    / (double)persons
                    * (at.TruePositive / (double)(at.TruePositive + at.FalsePositive));
            }

            Assert.Equal(sum, ProbabilityMetrics.AveragePrecision(scores, labels), 12);
        }
    }

    [Fact]
    public void Log_loss_Brier_and_calibration_are_right_on_numbers_done_by_hand()
    {
        double[] probabilities = [0.9, 0.2, 0.6, 1.0];
        bool[] labels = [true, false, false, true];
        var report = Evaluator.Evaluate(probabilities, labels, 0.5);

        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.8) + Math.Log(0.4)) / 4, report.LogLoss.Value, 12);
        Assert.Equal((0.01 + 0.04 + 0.36) / 4, report.Brier.Value, 12);
        // Bins of 1/15: 0.2 in [3/15, 4/15), 0.6 in [9/15, 10/15), 0.9 in [13/15, 14/15), 1.0 in the last.
        Assert.Equal((0.1 + 0.2 + 0.6 + 0) / 4, report.ExpectedCalibrationError, 12);
        Assert.Equal(new ConfusionMatrix(2, 1, 1, 0), report.Confusion);
        Assert.Equal(0.75, report.Accuracy.Value);
        Assert.Equal(2 / 3.0, report.Precision.Value, 12);
        Assert.Equal(1, report.Recall.Value);
        Assert.Equal(0.8, report.F1.Value, 12);
    }

    [Fact]
    public void Wilsons_interval_is_that_of_his_formula()
    {
        // 8 of 10; published with the method: 0.4902 to 0.9433.
        var estimate = WilsonInterval.Of(8, 10);

        Assert.Equal(0.8, estimate.Value);
        Assert.Equal(0.4902, estimate.Interval.Low, 4);
        Assert.Equal(0.9433, estimate.Interval.High, 4);
        Assert.Equal(new Interval(0, 1), WilsonInterval.Of(0, 0).Interval);
        Assert.Equal(0, WilsonInterval.Of(0, 5).Interval.Low);
        Assert.Equal(1, WilsonInterval.Of(5, 5).Interval.High);
    }

    [Fact]
    public void Recall_never_grows_with_the_threshold()
    {
        foreach (var (scores, labels) in Cases())
        {
            var recalls = Enumerable.Range(0, 101).Select(i => ConfusionMatrix.Count(scores, labels, i / 100.0).Recall.Value).ToList();
            Assert.Equal(recalls.OrderDescending(), recalls);
        }
    }

    [Fact]
    public void One_class_alone_has_no_area_but_an_accuracy()
    {
        var report = Evaluator.Evaluate([0.9, 0.8], [true, true], 0.85);

        Assert.True(double.IsNaN(report.RocAuc.Value));
        Assert.Equal(0.5, report.Accuracy.Value);
        Assert.True(double.IsNaN(report.Confusion.FalseAlarmRate.Value));
    }

    [Fact]
    public void What_is_no_probability_is_refused()
    {
        Assert.StartsWith(
            "NaN is not a probability.",
            Assert.Throws<ArgumentException>(() => Evaluator.Evaluate([double.NaN], [true], 0.5)).Message
        );
        Assert.StartsWith(
            "There are no samples to evaluate.",
            Assert.Throws<ArgumentException>(() => Evaluator.Evaluate([], [], 0.5)).Message
        );
        Assert.StartsWith(
            "2 scores do not belong to 1 labels.",
            Assert.Throws<ArgumentException>(() => Evaluator.Evaluate([0, 1], [true], 0.5)).Message
        );
    }

    [Fact]
    public void The_same_seed_gives_the_same_intervals()
    {
        var (scores, labels) = Cases().First();

        Assert.Equal(Evaluator.Evaluate(scores, labels, 0.5, seed: 3), Evaluator.Evaluate(scores, labels, 0.5, seed: 3));
        Assert.NotEqual(Evaluator.Evaluate(scores, labels, 0.5, seed: 3), Evaluator.Evaluate(scores, labels, 0.5, seed: 4));
    }

    internal static IEnumerable<(double[] Scores, bool[] Labels)> Cases()
    {
        var random = new Random(Seed);
        foreach (var levels in new[] { 1_000_000, 10, 3 }) // hardly a tie, many, almost only
        {
            bool[] labels = [.. Enumerable.Range(0, 200).Select(i => i < 2 ? i == 0 : random.NextDouble() < 0.4)];
            yield return (
                [
                    .. labels.Select(label =>
                        Math.Clamp(Math.Round((random.NextDouble() + (label ? 0.3 : 0)) * levels) / levels / 1.3, 0, 1)
                    ),
                ],
                labels
            );
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
