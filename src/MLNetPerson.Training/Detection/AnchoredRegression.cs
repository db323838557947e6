using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace MLNetPerson.Training.Detection;

/// <summary>
/// Fits one filter near its published weights by logistic regression: mean loss + λ/2 Σ (scale · (weight − published))², the bias free. Few
/// rows leave the filter as it was, many may move it.
/// </summary>
internal sealed class AnchoredRegression
{
    private const int RowsPerBlock = 256;
    private const int Memory = 8;

    private readonly float[][] _rows;
    private readonly float[] _targets;
    private readonly float[] _published;
    private readonly float _publishedBias;
    private readonly float[] _scale;

    /// <param name="rows">Features, one array a row.</param>
    /// <param name="targets">0 or 1 for each row.</param>
    /// <param name="published">The filter to start from.</param>
    /// <param name="publishedBias">Its bias.</param>
    public AnchoredRegression(float[][] rows, float[] targets, float[] published, float publishedBias)
    {
        (_rows, _targets, _published, _publishedBias) = (rows, targets, published, publishedBias);
        _scale = Deviations(rows, published.Length);
    }

    /// <summary>Minimises.</summary>
    /// <param name="l2">λ.</param>
    /// <param name="iterations">At most.</param>
    /// <param name="cancellation">Ends the search between two evaluations.</param>
    public (float[] Weights, float Bias) Fit(double l2, int iterations, CancellationToken cancellation = default)
    {
        var size = _published.Length + 1;
        if (_rows.Length == 0)
        {
            return (_published, _publishedBias);
        }

        // In units in which a feature's deviation is 1: steps are of one size in all directions.
        var best = (Value: double.PositiveInfinity, Point: new double[size]);
        var function = ObjectiveFunction.Gradient(point =>
        {
            cancellation.ThrowIfCancellationRequested();
            var (moved, gradient) = (point.ToArray(), new double[size]);
            var value = Evaluate(moved, l2, gradient);
            if (value < best.Value)
            {
                best = (value, moved);
            }

            return (value, Vector<double>.Build.Dense(gradient));
        });
        try
        {
            _ = new LimitedMemoryBfgsMinimizer(1e-5, 1e-10, 1e-9, Memory, iterations).FindMinimum(
                function,
                Vector<double>.Build.Dense(size)
            );
        }
        catch (OptimizationException) when (!cancellation.IsCancellationRequested)
        {
            // The iterations are used up, or no step helps in double precision any more: the best point is the answer.
        }

        return Filter(best.Point);
    }

    private (float[] Weights, float Bias) Filter(double[] moved)
    {
        var weights = new float[_published.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = _scale[i] == 0 ? _published[i] : (float)(_published[i] + (moved[i] / _scale[i]));
        }

        return (weights, (float)(_publishedBias + moved[^1]));
    }

    private double Evaluate(double[] moved, double l2, double[] gradient)
    {
        var (weights, bias) = Filter(moved);
        var blocks = (_rows.Length + RowsPerBlock - 1) / RowsPerBlock;
        var (sums, losses, residuals) = (new float[blocks][], new double[blocks], new double[blocks]);
        Parallel.For(
            0,
            blocks,
            block =>
            {
                var sum = new float[weights.Length];
                var end = Math.Min(_rows.Length, (block + 1) * RowsPerBlock);
                for (var row = block * RowsPerBlock; row < end; row++)
                {
                    var output = TensorPrimitives.Dot<float>(_rows[row], weights) + bias;
                    var (loss, slope) = Logistic(output, _targets[row]);
                    var residual = (float)slope;
                    losses[block] += loss;
                    residuals[block] += residual;
                    TensorPrimitives.MultiplyAdd<float>(_rows[row], residual, sum, sum);
                }

                sums[block] = sum;
            }
        );

        var value = losses.Sum() / _rows.Length;
        for (var block = 0; block < blocks; block++)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                gradient[i] += sums[block][i];
            }
        }

        for (var i = 0; i < weights.Length; i++)
        {
            gradient[i] = _scale[i] == 0 ? 0 : (gradient[i] / (_rows.Length * _scale[i])) + (l2 * moved[i]);
            value += l2 / 2 * moved[i] * moved[i];
        }

        gradient[^1] = residuals.Sum() / _rows.Length;
        return value;
    }

    private static (double Loss, double Slope) Logistic(double logit, double target)
    {
        var softplus = logit > 0 ? logit + Math.Log(1 + Math.Exp(-logit)) : Math.Log(1 + Math.Exp(logit));
        return (softplus - (target * logit), (1 / (1 + Math.Exp(-logit))) - target);
    }

    private static float[] Deviations(float[][] rows, int width)
    {
        var (sum, squares) = (new double[width], new double[width]);
        foreach (var row in rows)
        {
            for (var i = 0; i < width; i++)
            {
                sum[i] += row[i];
                squares[i] += (double)row[i] * row[i];
            }
        }

        return
        [
            .. Enumerable
                .Range(0, width)
                .Select(i =>
                    rows.Length == 0 ? 0 : (float)Math.Sqrt(Math.Max(0, (squares[i] / rows.Length) - Math.Pow(sum[i] / rows.Length, 2)))
                ),
        ];
    }
}
