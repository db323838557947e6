namespace MLNetPerson.Training.Evaluation;

/// <summary>A mean with the normal interval of its standard error.</summary>
internal static class MeanEstimate
{
    /// <param name="values">At least one.</param>
    /// <param name="lowest">The mean cannot lie below, so the interval does not either.</param>
    /// <param name="highest">Nor above.</param>
    public static Estimate Of(double[] values, double lowest = double.NegativeInfinity, double highest = double.PositiveInfinity)
    {
        var mean = values.Average();
        var variance = values.Length < 2 ? 0 : values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
        var half = WilsonInterval.Z * Math.Sqrt(variance / values.Length);
        return new Estimate(mean, new Interval(Math.Max(lowest, mean - half), Math.Min(highest, mean + half)));
    }
}
