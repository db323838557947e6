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
    /// <summary>The standard normal's 97.5 % point.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>Summarises runs. The median's interval is that of order statistics: it supposes nothing about the times' distribution.</summary>
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
        var (middle, reach) = (sorted.Length / 2.0, Z * Math.Sqrt(sorted.Length) / 2);
        return new LatencySummary(sorted.Length, At(middle), At(middle - reach), At(middle + reach + 1), At(0.95 * sorted.Length), At(0.99 * sorted.Length));
    }
}
