using System.Numerics.Tensors;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Heads;

/// <summary>
/// L2-regularised logistic regression on standardised features: Σ w·log loss / Σ w + λ/2 ‖weights‖², the bias free.
/// The features stay as they are; standardisation acts on the weights instead.
/// </summary>
/// <remarks>
/// Rows are summed in blocks of a fixed size, and blocks in order, so that the result does not depend on how many cores
/// worked on it.
/// </remarks>
internal sealed class LogisticObjective
{
    private const int RowsPerBlock = 64;

    private readonly FeatureTable _table;
    private readonly Standardization _standard;
    private readonly bool[] _labels;
    private readonly double[] _sampleWeights;
    private readonly int[] _rows;
    private readonly double _weightSum;
    private readonly float[][] _gradients;
    private readonly double[] _losses;
    private readonly double[] _residuals;

    /// <param name="table">All samples' features.</param>
    /// <param name="standard">Of all samples: it has seen no label.</param>
    /// <param name="labels">Of all samples.</param>
    /// <param name="sampleWeights">Of all samples.</param>
    /// <param name="rows">The samples to fit on.</param>
    public LogisticObjective(FeatureTable table, Standardization standard, bool[] labels, double[] sampleWeights, int[] rows)
    {
        _table = table;
        _standard = standard;
        _labels = labels;
        _sampleWeights = sampleWeights;
        _rows = rows;
        _weightSum = rows.Sum(row => sampleWeights[row]);
        var blocks = (rows.Length + RowsPerBlock - 1) / RowsPerBlock;
        _gradients = new float[blocks][];
        _losses = new double[blocks];
        _residuals = new double[blocks];
    }

    /// <summary>Number of parameters: a weight per feature, then the bias.</summary>
    public int Size => _table.Width + 1;

    /// <summary>The objective and its gradient.</summary>
    /// <param name="parameters">Weights on standardised features, then the bias.</param>
    /// <param name="l2">λ.</param>
    /// <param name="gradient">Receives the gradient.</param>
    public double Evaluate(ReadOnlySpan<double> parameters, double l2, Span<double> gradient)
    {
        var (weights, bias) = Raw(parameters);
        var width = _table.Width;
        Parallel.For(0, _losses.Length, block => Block(block, weights, bias));

        double loss = 0,
            residuals = 0;
        var summed = gradient[..width];
        summed.Clear();
        for (var block = 0; block < _losses.Length; block++)
        {
            loss += _losses[block];
            residuals += _residuals[block];
            var part = _gradients[block];
            for (var i = 0; i < width; i++)
            {
                summed[i] += part[i];
            }
        }

        var penalty = 0.0;
        for (var i = 0; i < width; i++)
        {
            // d(logit)/d(weight) = scale · (feature − mean)
            gradient[i] = (_standard.Scale[i] * (summed[i] - (_standard.Mean[i] * residuals)) / _weightSum) + (l2 * parameters[i]);
            penalty += parameters[i] * parameters[i];
        }

        gradient[width] = residuals / _weightSum;
        return (loss / _weightSum) + (l2 / 2 * penalty);
    }

    /// <summary>The head on plain features that equals these parameters on standardised ones.</summary>
    public LinearHead ToHead(ReadOnlySpan<double> parameters)
    {
        var (weights, bias) = Raw(parameters);
        return new LinearHead(weights, bias);
    }

    private (float[] Weights, double Bias) Raw(ReadOnlySpan<double> parameters)
    {
        var weights = new float[_table.Width];
        var bias = parameters[_table.Width];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)(parameters[i] * _standard.Scale[i]);
            bias -= weights[i] * _standard.Mean[i];
        }

        return (weights, bias);
    }

    private void Block(int block, float[] weights, double bias)
    {
        var gradient = _gradients[block] ??= new float[weights.Length];
        Array.Clear(gradient);
        double loss = 0,
            residuals = 0;
        var end = Math.Min((block + 1) * RowsPerBlock, _rows.Length);
        for (var i = block * RowsPerBlock; i < end; i++)
        {
            var row = _rows[i];
            ReadOnlySpan<float> features = _table.Row(row);
            var logit = TensorPrimitives.Dot(features, weights) + bias;
            var target = _labels[row] ? 1 : 0;
            var residual = _sampleWeights[row] * ((1 / (1 + Math.Exp(-logit))) - target);
            loss += _sampleWeights[row] * (Softplus.Of(logit) - (target * logit));
            residuals += residual;

            // While the row is still in the processor's cache: one pass over memory serves value and gradient.
            TensorPrimitives.MultiplyAdd(features, (float)residual, gradient, gradient);
        }

        _losses[block] = loss;
        _residuals[block] = residuals;
    }
}
