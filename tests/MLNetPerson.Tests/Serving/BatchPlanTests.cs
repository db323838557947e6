using MLNetPerson.Serving;

namespace MLNetPerson.Tests.Serving;

public sealed class BatchPlanTests
{
    [Theory]
    [InlineData(1, new double[] { 100, 104, 90, 80 })] // a gain below 5 % is not worth waiting for others
    [InlineData(2, new double[] { 100, 106, 90, 80 })]
    [InlineData(4, new double[] { 100, 120, 140, 141 })] // 8 gains nothing over 4
    [InlineData(8, new double[] { 100, 120, 140, 180 })]
    [InlineData(1, new double[] { 100, 100, 100, 100 })]
    public void The_smallest_batch_that_is_nearly_as_fast_as_any_is_chosen(int expected, double[] rates) =>
        Assert.Equal(expected, BatchPlan.Choose([.. rates.Select((rate, i) => new BatchTiming(1 << i, rate))]).Size);
}
