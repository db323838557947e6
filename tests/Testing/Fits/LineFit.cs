namespace MLNetPerson.Testing.Fits;

/// <summary>The line y = a + b · x through points by least squares, and the share of the variance that it explains.</summary>
public sealed record LineFit(double A, double B, double R2)
{
    public static LineFit Of(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        double xx = 0,
            xy = 0,
            yy = 0;
        for (var i = 0; i < x.Count; i++)
        {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }

        var slope = xy / xx;
        return new LineFit(meanY - (slope * meanX), slope, yy == 0 ? 1 : xy * xy / (xx * yy));
    }
}
