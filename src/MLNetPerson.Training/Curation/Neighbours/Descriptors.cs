using System.Numerics.Tensors;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Curation.Neighbours;

/// <summary>
/// Short vectors of length 1 in place of thousands of features: their cosine says how alike two pictures are to the backbone. The
/// features are standardised and turned into the directions in which they differ most, the most telling ones first.
/// </summary>
/// <remarks>Principal components by subspace iteration on some of the rows: N. Halko, P. Martinsson, J. Tropp, SIAM Review 53
/// (2011).</remarks>
internal static class Descriptors
{
    /// <summary>So many directions at most.</summary>
    public const int Width = 128;

    private const int RowsLookedAt = 2000;
    private const int Spare = 16;
    private const int Rounds = 3;
    private const float SmallestDeviation = 1e-6f;

    /// <summary>[rows, at most <see cref="Width"/>] of length 1 each.</summary>
    /// <param name="table">Features.</param>
    /// <param name="seed">Of the first guess at the directions.</param>
    public static FeatureTable Of(FeatureTable table, int seed = 17)
    {
        var (mean, scale) = Standard(table);
        var step = Math.Max(1, table.Rows / RowsLookedAt);
        float[][] looked =
        [
            .. Enumerable
                .Range(0, (table.Rows + step - 1) / step)
                .AsParallel()
                .AsOrdered()
                .Select(i => Standardised(table.Row(i * step), mean, scale)),
        ];
        var count = Math.Min(Width, Math.Min(looked.Length, table.Width));
        var directions = Directions(looked, Math.Min(count + Spare, Math.Min(looked.Length, table.Width)), seed)[..count];
        var values = new float[table.Rows * count];
        Parallel.For(
            0,
            table.Rows,
            row =>
            {
                var standardised = Standardised(table.Row(row), mean, scale);
                var descriptor = values.AsSpan(row * count, count);
                for (var i = 0; i < count; i++)
                {
                    descriptor[i] = TensorPrimitives.Dot(standardised, directions[i]);
                }

                var length = TensorPrimitives.Norm((ReadOnlySpan<float>)descriptor);
                if (length > 0)
                {
                    TensorPrimitives.Divide(descriptor, length, descriptor);
                }
            }
        );
        return new FeatureTable(table.Rows, count, values);
    }

    private static (float[] Mean, float[] Scale) Standard(FeatureTable table)
    {
        var (mean, squares) = (new double[table.Width], new double[table.Width]);
        for (var row = 0; row < table.Rows; row++)
        {
            var values = table.Row(row);
            for (var i = 0; i < values.Length; i++)
            {
                mean[i] += values[i];
                squares[i] += (double)values[i] * values[i];
            }
        }

        var scale = new float[table.Width];
        for (var i = 0; i < scale.Length; i++)
        {
            mean[i] /= table.Rows;
            var deviation = Math.Sqrt(Math.Max(0, (squares[i] / table.Rows) - (mean[i] * mean[i])));
            scale[i] = deviation < SmallestDeviation ? 0 : (float)(1 / deviation);
        }

        return ([.. mean.Select(value => (float)value)], scale);
    }

    private static float[] Standardised(ReadOnlySpan<float> row, float[] mean, float[] scale)
    {
        var result = new float[row.Length];
        TensorPrimitives.Subtract(row, mean, result);
        TensorPrimitives.Multiply(result, scale, result);
        return result;
    }

    /// <summary>Orthonormal directions, by falling spread of the rows along them.</summary>
    private static float[][] Directions(float[][] rows, int count, int seed)
    {
        var random = new Random(seed);
        float[][] directions =
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => Enumerable.Range(0, rows[0].Length).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray()),
        ];
        for (var round = 0; round < Rounds; round++)
        {
            Orthonormalize(directions);
            var projected = Project(rows, directions); // [direction][row]
            directions = Back(rows, projected);
        }

        Orthonormalize(directions);
        return Sorted(rows, directions);
    }

    /// <summary>Within the space that they span, the directions in which the rows spread most, first the most.</summary>
    private static float[][] Sorted(float[][] rows, float[][] directions)
    {
        var projected = Project(rows, directions);
        var covariance = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(
            directions.Length,
            directions.Length,
            (i, j) => TensorPrimitives.Dot(projected[i], projected[j]) / rows.Length
        );
        var turned = ((covariance + covariance.Transpose()) / 2).Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric);
        var order = Enumerable.Range(0, directions.Length).OrderByDescending(i => turned.EigenValues[i].Real).ToArray();
        return
        [
            .. order
                .AsParallel()
                .AsOrdered()
                .Select(column =>
                {
                    var direction = new float[directions[0].Length];
                    for (var i = 0; i < directions.Length; i++)
                    {
                        TensorPrimitives.MultiplyAdd(directions[i], (float)turned.EigenVectors[i, column], direction, direction);
                    }

                    return direction;
                }),
        ];
    }

    private static float[][] Project(float[][] rows, float[][] directions) =>
        [.. directions.AsParallel().AsOrdered().Select(direction => rows.Select(row => TensorPrimitives.Dot(row, direction)).ToArray())];

    private static float[][] Back(float[][] rows, float[][] projected) =>
        [
            .. projected
                .AsParallel()
                .AsOrdered()
                .Select(weights =>
                {
                    var direction = new float[rows[0].Length];
                    for (var row = 0; row < rows.Length; row++)
                    {
                        TensorPrimitives.MultiplyAdd(rows[row], weights[row], direction, direction);
                    }

                    return direction;
                }),
        ];

    /// <summary>Gram–Schmidt, twice: once leaves rounding behind.</summary>
    private static void Orthonormalize(float[][] directions)
    {
        for (var i = 0; i < directions.Length; i++)
        {
            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < i; j++)
                {
                    TensorPrimitives.MultiplyAdd(
                        directions[j],
                        -TensorPrimitives.Dot(directions[i], directions[j]),
                        directions[i],
                        directions[i]
                    );
                }

                var length = TensorPrimitives.Norm(directions[i]);
                TensorPrimitives.Multiply(directions[i], length > 0 ? 1 / length : 0, directions[i]);
            }
        }
    }
}
