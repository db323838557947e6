using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Heads;

/// <summary>Mean and reciprocal standard deviation of every feature, so that one penalty suits all of them.</summary>
internal sealed class Standardization
{
    /// <summary>Below this spread a feature is a constant with rounding noise; it gets no weight.</summary>
    private const double SmallestDeviation = 1e-6;

    /// <summary>The same relative to the mean: a float32 has 24 bits (6e-8 of its size), sums of hundreds of them are off by some 1e-6.
    /// Divided by less than 1e-4 of the mean, that rounding alone would move probabilities by more than 1e-4 from one run to
    /// another.</summary>
    private const double SmallestRelativeDeviation = 1e-4;

    private Standardization(double[] mean, double[] scale)
    {
        Mean = mean;
        Scale = scale;
    }

    public double[] Mean { get; }

    /// <summary>Feature weight ÷ standard deviation; 0 for a constant feature.</summary>
    public double[] Scale { get; }

    /// <param name="table">All samples.</param>
    /// <param name="featureWeights">See <see cref="Backbones.FeatureSpec.Weight"/>; one per feature.</param>
    public static Standardization Of(FeatureTable table, ReadOnlySpan<double> featureWeights)
    {
        var (mean, squares) = (new double[table.Width], new double[table.Width]);
        for (var row = 0; row < table.Rows; row++)
        {
            var values = table.Row(row);
            for (var i = 0; i < values.Length; i++)
            {
                mean[i] += values[i];
            }
        }

        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] /= table.Rows;
        }

        for (var row = 0; row < table.Rows; row++)
        {
            var values = table.Row(row);
            for (var i = 0; i < values.Length; i++)
            {
                var difference = values[i] - mean[i];
                squares[i] += difference * difference;
            }
        }

        var scale = new double[table.Width];
        for (var i = 0; i < scale.Length; i++)
        {
            var deviation = Math.Sqrt(squares[i] / table.Rows);
            var least = Math.Max(SmallestDeviation, SmallestRelativeDeviation * Math.Abs(mean[i]));
            scale[i] = deviation < least ? 0 : featureWeights[i] / deviation;
        }

        return new Standardization(mean, scale);
    }
}
