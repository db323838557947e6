using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Heads;

/// <summary>
/// Fits logistic heads on a table that is larger than memory, to the optimum of <see cref="BuiltinSolver"/>. A pass over the table is what
/// costs, so the folds of a cross-validation share it, and the Hessian of a sample of rows shows the way: some five passes instead of some
/// hundred.
/// </summary>
/// <remarks>R. Byrd, G. Chin, W. Neveitt, J. Nocedal, On the use of stochastic Hessian information in optimization methods for machine
/// learning, SIAM J. Optim. 21 (2011).</remarks>
internal sealed class StreamedFit
{
    /// <summary>Rows of the sample: this many for each feature, and within these bounds.</summary>
    private const int RowsPerFeature = 2;
    private const int LeastRows = 4096;
    private const int MostRows = 16384;

    /// <summary>As in <see cref="BuiltinSolver"/>.</summary>
    private const double FinalTolerance = 1e-6;
    private const double TrialTolerance = 1e-4;

    private readonly StreamedObjective _objective;
    private readonly float[][] _columns;
    private readonly int _rows;

    /// <param name="table">All samples' features.</param>
    /// <param name="standard">Of all samples.</param>
    /// <param name="labels">Of all samples.</param>
    /// <param name="weights">Of all samples.</param>
    /// <param name="folds">Of all samples.</param>
    public StreamedFit(FeatureTable table, Standardization standard, bool[] labels, double[] weights, int[] folds)
    {
        _objective = new StreamedObjective(table, standard, labels, weights, folds);
        _rows = Math.Min(table.Rows, Math.Clamp(RowsPerFeature * table.Width, LeastRows, MostRows));
        _columns = [.. Enumerable.Range(0, table.Width + 1).Select(_ => new float[_rows])];
        Parallel.For(
            0,
            _rows,
            i =>
            {
                var values = table.Row((int)((long)i * table.Rows / _rows));
                for (var column = 0; column < values.Length; column++)
                {
                    _columns[column][i] = (float)((values[column] - standard.Mean[column]) * standard.Scale[column]);
                }

                _columns[^1][i] = 1;
            }
        );
    }

    /// <summary>Number of parameters.</summary>
    public int Size => _objective.Size;

    /// <summary>Fits one model without each fold.</summary>
    /// <param name="l2">λ.</param>
    /// <param name="current">Where each begins; receives the optimum.</param>
    /// <param name="rows">Of the table.</param>
    /// <param name="cancellation">Ends the fit.</param>
    /// <returns>Each row's logit by the model that did not see it.</returns>
    public double[] Folds(double l2, double[][] current, int rows, CancellationToken cancellation)
    {
        Minimize(l2, current, [.. Enumerable.Range(0, current.Length)], TrialTolerance, cancellation);
        var logits = new double[rows];
        _objective.OutOfFold(current, logits, cancellation);
        return logits;
    }

    /// <summary>Fits one model on all rows.</summary>
    public double[] All(double l2, double[] start, CancellationToken cancellation)
    {
        double[][] current = [start];
        Minimize(l2, current, [-1], FinalTolerance, cancellation);
        return current[0];
    }

    /// <summary>The head on plain features.</summary>
    public LinearHead ToHead(double[] parameters) => _objective.ToHead(parameters);

    private void Minimize(double l2, double[][] current, int[] without, double tolerance, CancellationToken cancellation)
    {
        double[] mean = [.. Enumerable.Range(0, Size).Select(i => current.Average(parameters => parameters[i]))];
        var inverse = InverseHessian(mean, l2, cancellation);
        var searches = current.Select(start => new QuasiNewton(start, inverse, tolerance)).ToArray();
        while (true)
        {
            var open = Enumerable.Range(0, searches.Length).Where(i => !searches[i].IsDone).ToArray();
            if (open.Length == 0)
            {
                break;
            }

            var values = _objective.Evaluate([.. open.Select(i => (searches[i].Next, without[i]))], l2, cancellation);
            for (var i = 0; i < open.Length; i++)
            {
                searches[open[i]].Tell(values[i].Value, values[i].Gradient);
            }
        }

        for (var i = 0; i < current.Length; i++)
        {
            current[i] = searches[i].Best;
        }
    }

    /// <summary>The sample's Hessian at some parameters, factorised.</summary>
    private Func<double[], double[]> InverseHessian(double[] parameters, double l2, CancellationToken cancellation)
    {
        var size = Size;
        var logits = new float[_rows];
        for (var column = 0; column < size; column++)
        {
            TensorPrimitives.MultiplyAdd(_columns[column], (float)parameters[column], logits, logits);
        }

        // √(p · (1 − p) / rows) goes into both sides of each product.
        var roots = new float[_rows];
        for (var i = 0; i < _rows; i++)
        {
            var probability = 1 / (1 + Math.Exp(-logits[i]));
            roots[i] = (float)Math.Sqrt(Math.Max(1e-4, probability * (1 - probability)) / _rows);
        }

        var hessian = Matrix<double>.Build.Dense(size, size);
        using var left = new ThreadLocal<float[]>(() => new float[_rows]);
        Parallel.For(
            0,
            size,
            new ParallelOptions { CancellationToken = cancellation },
            row =>
            {
                var scaled = left.Value!;
                TensorPrimitives.Multiply(_columns[row], roots, scaled);
                TensorPrimitives.Multiply(scaled, roots, scaled);
                for (var column = 0; column <= row; column++)
                {
                    var product = FixedOrder.Dot(scaled, _columns[column]);
                    hessian[row, column] = product;
                    hessian[column, row] = product;
                }

                // The bias bears no penalty; a small one keeps the sample's Hessian away from singular.
                hessian[row, row] += row < size - 1 ? l2 : 1e-6;
            }
        );
        var factor = hessian.Cholesky();
        return gradient => factor.Solve(Vector<double>.Build.Dense((double[])gradient.Clone())).ToArray();
    }
}
