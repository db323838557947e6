namespace MLNetPerson.Training.Evaluation;

/// <summary>The score interval for a proportion: right for small samples and for proportions near 0 and 1.</summary>
/// <remarks>E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).</remarks>
public static class WilsonInterval
{
    /// <summary>The standard normal's 97.5 % point.</summary>
    internal const double Z = 1.959963984540054;

    /// <summary>A proportion with its interval. NaN and 0 to 1 where nothing was counted.</summary>
    /// <param name="hits">Range [0, <paramref name="total"/>].</param>
    /// <param name="total">Range [0, ∞).</param>
    public static Estimate Of(long hits, long total) => Of(hits, total, Z);

    /// <summary>With another level than 95 %.</summary>
    internal static Estimate Of(long hits, long total, double z)
    {
        if (total == 0)
        {
            return new Estimate(double.NaN, new Interval(0, 1));
        }

        double n = total;
        var p = hits / n;
        var centre = (p + (z * z / (2 * n))) / (1 + (z * z / n));
        var half = z / (1 + (z * z / n)) * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        return new Estimate(p, new Interval(hits == 0 ? 0 : centre - half, hits == total ? 1 : centre + half));
    }
}
