using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Tests.Evaluation;

public sealed class SliceTests
{
    [Fact]
    public void Rates_are_those_of_each_slice()
    {
        string?[] values = ["a", "a", "a", "b", "b", "b", null];
        bool[] labels = [true, true, false, true, false, false, true],
            decisions = [true, false, true, true, false, false, false];

        var slices = SliceEvaluator.Evaluate("x", values, labels, decisions);

        Assert.Equal(
            [("a", 2, 1, 0.5, 1.0), ("b", 1, 2, 1.0, 0.0)],
            slices.Select(slice => (slice.Value, slice.Persons, slice.None, slice.Recall.Value, slice.FalseAlarmRate.Value))
        );
    }

    [Fact]
    public void A_large_gap_is_flagged_and_a_small_one_is_not()
    {
        var slices = SliceEvaluator.Evaluate("x", Values(500, 500, 500), Labels(1500), Found(490, 485, 400));

        Assert.Null(slices[0].RecallGap);
        Assert.False(slices[1].IsFlagged);
        Assert.True(slices[2].IsFlagged);
        Assert.Equal(0.18, slices[2].RecallGap!.Value.Value, 1e-9);
    }

    [Fact]
    public void Three_lucky_pictures_are_not_the_measure()
    {
        var slices = SliceEvaluator.Evaluate(
            "x",
            Values(3, 500),
            Labels(503),
            [.. Enumerable.Repeat(true, 3), .. Enumerable.Range(0, 500).Select(i => i < 480)]
        );

        Assert.Null(slices[1].RecallGap);
        Assert.False(slices[0].IsFlagged);
    }

    [Fact]
    public void The_interval_of_a_difference_is_newcombes()
    {
        // R. Newcombe 1998, example (a) of table II: 56/70 against 48/80, method 10 gives 0.0524 to 0.3339. Two slices: no widening.
        var slices = SliceEvaluator.Evaluate(
            "x",
            Values(70, 80),
            Labels(150),
            [.. Enumerable.Range(0, 70).Select(i => i >= 56), .. Enumerable.Range(0, 80).Select(i => i >= 48)]
        );

        var gap = slices[0].RecallGap!.Value;
        Assert.Equal(0.2, gap.Value, 1e-9);
        Assert.Equal(0.0524, gap.Interval.Low, 1e-4);
        Assert.Equal(0.3339, gap.Interval.High, 1e-4);
    }

    [Theory, InlineData(2), InlineData(9), InlineData(18)]
    public void A_fair_model_is_seldom_flagged(int slices)
    {
        // The seed is fixed: of 1,000 fair models at most 50 and what chance adds, three standard errors.
        var random = new Random(slices);
        var flagged = 0;
        for (var trial = 0; trial < 1000; trial++)
        {
            var values = Values([.. Enumerable.Repeat(30, slices)]);
            bool[] decisions = [.. values.Select(_ => random.NextDouble() < 0.93)];
            flagged += SliceEvaluator.Evaluate("x", values, Labels(values.Length), decisions).Any(slice => slice.IsFlagged) ? 1 : 0;
        }

        Assert.InRange(flagged, 0, 71);
    }

    [Fact]
    public void A_slice_without_persons_has_no_recall()
    {
        var slices = SliceEvaluator.Evaluate("x", ["a", "b"], [true, false], [true, false]);

        Assert.True(double.IsNaN(slices[1].Recall.Value));
        Assert.Null(slices[1].RecallGap);
        Assert.Throws<ArgumentException>(() => SliceEvaluator.Evaluate("x", ["a"], [true, false], [true]));
    }

    private static string?[] Values(params int[] counts) =>
        [.. counts.SelectMany((count, i) => Enumerable.Repeat($"{(char)('a' + i)}", count))];

    private static bool[] Labels(int count) => [.. Enumerable.Repeat(true, count)];

    private static bool[] Found(params int[] found) => [.. found.SelectMany(count => Enumerable.Range(0, 500).Select(i => i < count))];
}
