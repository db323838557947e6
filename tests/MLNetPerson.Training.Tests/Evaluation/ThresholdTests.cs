using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Tests.Evaluation;

public sealed class ThresholdTests
{
    public static TheoryData<string> Rules => ["f1", "cost=1", "cost=5", "cost=0.2", "recall=0.9", "recall=1", "precision=0.7"];

    [Theory, MemberData(nameof(Rules))]
    public void No_other_threshold_is_better(string text)
    {
        var rule = ThresholdRule.Parse(text);
        foreach (var (scores, labels) in MetricTests.Cases())
        {
            var chosen = Worth(rule, scores, labels, ThresholdChooser.Choose(rule, scores, labels));
            foreach (var candidate in scores.SelectMany(score => new[] { score, Math.BitIncrement(score) }).Append(0))
            {
                Assert.True(Worth(rule, scores, labels, candidate) <= chosen + 1e-12, $"{text}: threshold {candidate} is better");
            }
        }
    }

    [Theory]
    [InlineData("f1")]
    [InlineData("recall=0.95")]
    [InlineData("precision=0.9")]
    [InlineData("cost=4")]
    public void A_rule_survives_being_written_down(string text) => Assert.Equal(text, ThresholdRule.Parse(text).ToString());

    [Theory]
    [InlineData("best")]
    [InlineData("recall")]
    [InlineData("recall=0")]
    [InlineData("recall=1.1")]
    [InlineData("precision=x")]
    [InlineData("cost=-1")]
    [InlineData("cost=Infinity")]
    [InlineData("f1=1")]
    public void What_is_no_rule_is_refused(string text) =>
        Assert.Equal(
            $"'{text}' is not a threshold rule. Use f1, recall=0.95, precision=0.9 or cost=4 (a miss costs 4 false alarms).",
            Assert.Throws<FormatException>(() => ThresholdRule.Parse(text)).Message
        );

    [Fact]
    public void One_class_alone_has_no_threshold() =>
        Assert.StartsWith(
            "A threshold needs samples of both classes.",
            Assert.Throws<ArgumentException>(() => ThresholdChooser.Choose(ThresholdRule.Default, [0.1, 0.2], [true, true])).Message
        );

    /// <summary>How good a threshold is by the rule's own words.</summary>
    private static double Worth(ThresholdRule rule, double[] scores, bool[] labels, double threshold)
    {
        var counts = ConfusionMatrix.Count(scores, labels, threshold);
        return rule switch
        {
            ThresholdRule.BestF1 => counts.F1,
            ThresholdRule.Cost cost => -((cost.MissCost * counts.FalseNegative) + counts.FalsePositive),
            // The highest threshold that reaches the recall: fewest alarms.
            ThresholdRule.TargetRecall target => counts.Recall.Value >= target.Recall ? -counts.FalsePositive : double.NegativeInfinity,
            // The lowest threshold that reaches the precision: most persons found.
            ThresholdRule.TargetPrecision target => counts.TruePositive > 0 && counts.Precision.Value >= target.Precision
                ? counts.TruePositive
                : double.NegativeInfinity,
            _ => throw new ArgumentOutOfRangeException(nameof(rule)),
        };
    }
}
