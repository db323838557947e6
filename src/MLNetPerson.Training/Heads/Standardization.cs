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
        var (mean, squares) = table.IsMapped ? Streamed(table) : InMemory(table);
        var scale = new double[table.Width];
        for (var i = 0; i < scale.Length; i++)
        {
            var deviation = Math.Sqrt(squares[i] / table.Rows);
            var least = Math.Max(SmallestDeviation, SmallestRelativeDeviation * Math.Abs(mean[i]));
            scale[i] = deviation < least ? 0 : featureWeights[i] / deviation;
        }

        return new Standardization(mean, scale);
    }

    private static (double[] Mean, double[] Squares) InMemory(FeatureTable table)
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

        return (mean, squares);
    }

    /// <summary>In one pass, blocks in order: each block's own mean and squares, joined with those before it.</summary>
    /// <remarks>T. Chan, G. Golub, R. LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, 1979.</remarks>
    private static (double[] Mean, double[] Squares) Streamed(FeatureTable table)
    {
        const int BlocksPerRound = 16;
        var (mean, squares, count) = (new double[table.Width], new double[table.Width], 0L);
        var perBlock = StreamedObjective.RowsPerBlock(table.Width);
        var parts = new (double[] Mean, double[] Squares, int Count)[BlocksPerRound];
        for (var first = 0L; first < table.Rows; first += (long)BlocksPerRound * perBlock)
        {
            var blocks = (int)Math.Min(BlocksPerRound, (table.Rows - first + perBlock - 1) / perBlock);
            var start = (int)first;
            Parallel.For(
                0,
                blocks,
                block =>
                {
                    var at = start + (block * perBlock);
                    using var rows = table.Open(at, Math.Min(perBlock, table.Rows - at));
                    parts[block] = Block(rows, table.Width);
                }
            );
            foreach (var part in parts.AsSpan(0, blocks))
            {
                var total = count + part.Count;
                for (var i = 0; i < mean.Length; i++)
                {
                    var difference = part.Mean[i] - mean[i];
                    mean[i] += difference * part.Count / total;
                    squares[i] += part.Squares[i] + (difference * difference * count * part.Count / total);
                }

                count = total;
            }
        }

        return (mean, squares);
    }

    private static (double[] Mean, double[] Squares, int Count) Block(FeatureRows rows, int width)
    {
        var (mean, squares) = (new double[width], new double[width]);
        for (var row = 0; row < rows.Count; row++)
        {
            var values = rows[row];
            for (var i = 0; i < width; i++)
            {
                mean[i] += values[i];
            }
        }

        for (var i = 0; i < width; i++)
        {
            mean[i] /= rows.Count;
        }

        for (var row = 0; row < rows.Count; row++)
        {
            var values = rows[row];
            for (var i = 0; i < width; i++)
            {
                var difference = values[i] - mean[i];
                squares[i] += difference * difference;
            }
        }

        return (mean, squares, rows.Count);
    }
}
