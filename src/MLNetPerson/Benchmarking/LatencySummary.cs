namespace MLNetPerson.Benchmarking;

/// <summary>How long single runs took, in milliseconds.</summary>
/// <param name="Runs">How many.</param>
/// <param name="P50">Median.</param>
/// <param name="P50Low">Lower end of the median's 95 % interval.</param>
/// <param name="P50High">Upper end of the median's 95 % interval.</param>
/// <param name="P95">95 of 100 runs are at least as fast.</param>
/// <param name="P99">99 of 100 runs are at least as fast.</param>
public sealed record LatencySummary(int Runs, double P50, double P50Low, double P50High, double P95, double P99)
{
    /// <summary>The runs from which on the 95th percentile has an interval.</summary>
    public const int RunsForP95 = 112;

    /// <summary>The standard normal's 97.5 % point.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>Lower end of the 95th percentile's 95 % interval; null where there are too few runs to know its upper end.</summary>
    public double? P95Low { get; init; }

    /// <summary>Upper end of the 95th percentile's 95 % interval.</summary>
    public double? P95High { get; init; }

    /// <summary>Lower end of the 99th percentile's 95 % interval; null where there are too few runs to know its upper end.</summary>
    public double? P99Low { get; init; }

    /// <summary>Upper end of the 99th percentile's 95 % interval.</summary>
    public double? P99High { get; init; }

    /// <summary>Summarises runs. Intervals are those of order statistics: they suppose nothing about the times' distribution.</summary>
    /// <remarks>W. J. Conover, Practical Nonparametric Statistics, section 3.2.</remarks>
    /// <param name="milliseconds">At least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static LatencySummary Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        if (sorted.Length == 0)
        {
            throw new ArgumentException("There are no runs to summarise.", nameof(milliseconds));
        }

        double At(double rank) => sorted[Math.Clamp((int)Math.Ceiling(rank) - 1, 0, sorted.Length - 1)];
        var (median, tail, end) = (Ranks(sorted.Length, 0.5), Ranks(sorted.Length, 0.95), Ranks(sorted.Length, 0.99));
        double? Within((double Low, double High) ranks, double rank) => Math.Ceiling(ranks.High) > sorted.Length ? null : At(rank);
        return new LatencySummary(
            sorted.Length,
            At(sorted.Length / 2.0),
            At(median.Low),
            At(median.High),
            At(0.95 * sorted.Length),
            At(0.99 * sorted.Length)
        )
        {
            P95Low = Within(tail, tail.Low),
            P95High = Within(tail, tail.High),
            P99Low = Within(end, end.Low),
            P99High = Within(end, end.High),
        };
    }

    private static (double Low, double High) Ranks(int runs, double quantile)
    {
        var (middle, reach) = (runs * quantile, Z * Math.Sqrt(runs * quantile * (1 - quantile)));
        return (middle - reach, middle + reach + 1);
    }
}
