namespace MLNetPerson.Training.Evaluation;

/// <summary>A mean with the normal interval of its standard error.</summary>
internal static class MeanEstimate
{
    public static Estimate Of(double[] values)
    {
        var mean = values.Average();
        var variance = values.Length < 2 ? 0 : values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
        var half = WilsonInterval.Z * Math.Sqrt(variance / values.Length);
        return new Estimate(mean, new Interval(mean - half, mean + half));
    }
}
