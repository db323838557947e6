using MLNetPerson.Training.Quantization;
using MLNetPerson.Training.Quantization.Calibration;

namespace MLNetPerson.Training.Tests.Quantization;

/// <summary>Ranges from streams of values, against the same worked out with all values at hand.</summary>
public sealed class CalibrationTests
{
    private const int Seed = 31;

    [Fact]
    public void MinMax_is_the_smallest_and_the_largest_value_whatever_the_portions()
    {
        var values = Normal(10_000);

        Assert.Equal(new TensorRange(values.Min(), values.Max()), Range(RangeMethod.MinMax, values, portions: 1));
        Assert.Equal(new TensorRange(values.Min(), values.Max()), Range(RangeMethod.MinMax, values, portions: 7));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(99.9)]
    [InlineData(100)]
    public void The_percentile_is_that_of_the_sorted_values_within_a_bin(double percentile)
    {
        var values = Normal(50_000);
        float[] sorted = [.. values.Order()];
        var cut = (int)Math.Floor(values.Length * (1 - (percentile / 100)));

        var range = Range(RangeMethod.Percentile, values, 5, percentile);

        // Bins: at most twice the largest magnitude over 4096.
        var bin = 2 * sorted.Max(MathF.Abs) / Histogram.HalfBins;
        Assert.Equal(sorted[cut], range.Min, bin);
        Assert.Equal(sorted[^(cut + 1)], range.Max, bin);
    }

    [Theory]
    [InlineData(RangeMethod.Percentile)]
    [InlineData(RangeMethod.Entropy)]
    public void A_lone_outlier_does_not_cost_the_others_their_resolution(RangeMethod method)
    {
        float[] values = [.. Normal(100_000), 1000f];

        var range = Range(method, values, 3);

        Assert.InRange(range.Max, 2, 100);
        Assert.Equal(1000, Range(RangeMethod.MinMax, values, 3).Max);
    }

    [Theory]
    [InlineData(RangeMethod.MinMax)]
    [InlineData(RangeMethod.Percentile)]
    [InlineData(RangeMethod.Entropy)]
    public void A_bound_that_activations_keep_is_the_ranges_end_exactly(RangeMethod method)
    {
        float[] values = [.. Normal(20_000).Select(value => Math.Clamp(3 * value, 0, 6))];

        var range = Range(method, values, 4);

        Assert.Equal((0, 6), (range.Min, range.Max));
    }

    [Theory]
    [InlineData(RangeMethod.Percentile)]
    [InlineData(RangeMethod.Entropy)]
    public void The_order_of_the_values_does_not_matter(RangeMethod method)
    {
        var values = Normal(20_000);
        float[] other = [.. values.OrderBy(MathF.Abs)]; // small ones first: the bins have to widen again and again

        Assert.Equal(Range(method, values, 2), Range(method, other, 9));
    }

    [Fact]
    public void No_value_is_lost_when_bins_widen()
    {
        var histogram = new Histogram();
        var random = new Random(Seed);
        float[] values = [.. Enumerable.Range(0, 5000).Select(i => (float)((random.NextDouble() - 0.5) * Math.Pow(2, i / 100.0)))];

        histogram.Add(values);

        Assert.Equal(values.Length, histogram.Counts.ToArray().Sum() + histogram.Zeros);
        for (var bin = 0; bin < histogram.Counts.Length; bin++)
        {
            Assert.Equal(
                values.Count(value => value >= histogram.Edge(bin) && value < histogram.Edge(bin + 1) && value != 0),
                histogram.Counts[bin]
            );
        }
    }

    [Theory]
    [InlineData(RangeMethod.MinMax)]
    [InlineData(RangeMethod.Percentile)]
    [InlineData(RangeMethod.Entropy)]
    public void Nothing_and_what_is_not_finite_have_no_range(RangeMethod method)
    {
        Assert.Throws<InvalidOperationException>(() => RangeFinder.Create(method, 99).Range());
        Assert.Throws<InvalidOperationException>(() => Range(method, [1, float.NaN], 1));
        Assert.Throws<InvalidOperationException>(() => Range(method, [1, float.PositiveInfinity], 1));
    }

    [Theory]
    [InlineData(RangeMethod.MinMax)]
    [InlineData(RangeMethod.Percentile)]
    [InlineData(RangeMethod.Entropy)]
    public void Only_zeros_are_a_range_of_zero(RangeMethod method) => Assert.Equal(new TensorRange(0, 0), Range(method, new float[100], 2));

    private static TensorRange Range(RangeMethod method, float[] values, int portions, double percentile = 99.99)
    {
        var finder = RangeFinder.Create(method, percentile);
        foreach (var portion in values.Chunk((values.Length + portions - 1) / portions))
        {
            finder.Add(portion);
        }

        return finder.Range();
    }

    private static float[] Normal(int count)
    {
        var random = new Random(Seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
        ];
    }
}
