using System.Numerics.Tensors;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Heads;

/// <summary>
/// The objective of <see cref="LogisticObjective"/>, for several models at once in one pass over a table that is larger than memory: all
/// folds
/// of a cross-validation read each row once.
/// </summary>
/// <remarks>
/// Rows are summed in blocks of a fixed size, and blocks in order, so that the result does not depend on how many cores worked on it.
/// Memory:
/// a few windows of the table and a gradient for each block in work, whatever the number of rows.
/// </remarks>
internal sealed class StreamedObjective
{
    /// <summary>Rows whose gradient is summed in single precision, as in <see cref="LogisticObjective"/>.</summary>
    private const int RowsPerSum = 64;

    /// <summary>Bytes of a window: long enough that mapping it costs nothing beside reading it.</summary>
    private const int WindowBytes = 4 << 20;

    /// <summary>Blocks that are in work or wait for their turn in the sum.</summary>
    private const int BlocksPerRound = 16;

    private readonly FeatureTable _table;
    private readonly Standardization _standard;
    private readonly bool[] _labels;
    private readonly double[] _sampleWeights;
    private readonly int[] _folds;
    private readonly int _rowsPerBlock;

    /// <param name="table">All samples' features.</param>
    /// <param name="standard">Of all samples.</param>
    /// <param name="labels">Of all samples.</param>
    /// <param name="sampleWeights">Of all samples.</param>
    /// <param name="folds">Of all samples.</param>
    public StreamedObjective(FeatureTable table, Standardization standard, bool[] labels, double[] sampleWeights, int[] folds)
    {
        (_table, _standard, _labels, _sampleWeights, _folds) = (table, standard, labels, sampleWeights, folds);
        _rowsPerBlock = RowsPerBlock(table.Width);
    }

    /// <summary>Number of parameters of a model: a weight per feature, then the bias.</summary>
    public int Size => _table.Width + 1;

    /// <summary>Rows of a block: whole sums, and about a window.</summary>
    public static int RowsPerBlock(int width) => Math.Max(1, WindowBytes / (width * sizeof(float) * RowsPerSum)) * RowsPerSum;

    /// <summary>The objective and gradient of each model.</summary>
    /// <param name="models">Weights on standardised features, then the bias; and the fold whose rows it does not see, or −1.</param>
    /// <param name="l2">λ.</param>
    /// <param name="cancellation">Ends the pass between two rounds.</param>
    public (double Value, double[] Gradient)[] Evaluate(
        IReadOnlyList<(double[] Parameters, int Without)> models,
        double l2,
        CancellationToken cancellation
    )
    {
        var raw = models.Select(model => Raw(model.Parameters)).ToArray();
        var width = _table.Width;
        var blocks = (_table.Rows + _rowsPerBlock - 1) / _rowsPerBlock;
        var parts = Enumerable.Range(0, BlocksPerRound).Select(_ => models.Select(_ => new Sum(width)).ToArray()).ToArray();
        var sums = models.Select(_ => new Sum(width)).ToArray();
        for (var round = 0; round < blocks; round += BlocksPerRound)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(BlocksPerRound, blocks - round);
            var first = round;
            Parallel.For(0, count, slot => Block(first + slot, models, raw, parts[slot]));
            for (var slot = 0; slot < count; slot++)
            {
                for (var model = 0; model < sums.Length; model++)
                {
                    sums[model].Add(parts[slot][model]);
                }
            }
        }

        return [.. models.Select((model, i) => Finish(model.Parameters, sums[i], l2))];
    }

    /// <summary>Each row's logit by the model that did not see its fold.</summary>
    /// <param name="parameters">Of the model of each fold.</param>
    /// <param name="logits">Receives them.</param>
    /// <param name="cancellation">Ends the pass.</param>
    public void OutOfFold(double[][] parameters, double[] logits, CancellationToken cancellation)
    {
        var heads = parameters.Select(model => ToHead(model)).ToArray();
        Parallel.For(
            0,
            (_table.Rows + _rowsPerBlock - 1) / _rowsPerBlock,
            new ParallelOptions { CancellationToken = cancellation },
            block =>
            {
                var start = block * _rowsPerBlock;
                using var rows = _table.Open(start, Math.Min(_rowsPerBlock, _table.Rows - start));
                for (var i = 0; i < rows.Count; i++)
                {
                    var head = heads[_folds[start + i]];
                    logits[start + i] = FixedOrder.Dot(rows[i], head.Weights) + head.Bias;
                }
            }
        );
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

    private void Block(
        int block,
        IReadOnlyList<(double[] Parameters, int Without)> models,
        (float[] Weights, double Bias)[] raw,
        Sum[] sums
    )
    {
        var start = block * _rowsPerBlock;
        using var rows = _table.Open(start, Math.Min(_rowsPerBlock, _table.Rows - start));
        foreach (var sum in sums)
        {
            sum.Clear();
        }

        for (var first = 0; first < rows.Count; first += RowsPerSum)
        {
            for (var i = first; i < Math.Min(first + RowsPerSum, rows.Count); i++)
            {
                // Once in the processor's cache, a row serves all models.
                var features = rows[i];
                var row = start + i;
                for (var model = 0; model < raw.Length; model++)
                {
                    if (models[model].Without != _folds[row])
                    {
                        Row(features, row, raw[model].Weights, raw[model].Bias, sums[model]);
                    }
                }
            }

            foreach (var sum in sums)
            {
                sum.Flush();
            }
        }
    }

    private void Row(ReadOnlySpan<float> features, int row, float[] weights, double bias, Sum sum)
    {
        var logit = FixedOrder.Dot(features, weights) + bias;
        var target = _labels[row] ? 1 : 0;
        var residual = _sampleWeights[row] * ((1 / (1 + Math.Exp(-logit))) - target);
        sum.Loss += _sampleWeights[row] * (Softplus.Of(logit) - (target * logit));
        sum.Residuals += residual;
        sum.Weight += _sampleWeights[row];
        TensorPrimitives.MultiplyAdd(features, (float)residual, sum.Single, sum.Single);
    }

    private (double Value, double[] Gradient) Finish(double[] parameters, Sum sum, double l2)
    {
        var width = _table.Width;
        var (gradient, penalty) = (new double[width + 1], 0.0);
        for (var i = 0; i < width; i++)
        {
            // d(logit)/d(weight) = scale · (feature − mean)
            gradient[i] =
                (_standard.Scale[i] * (sum.Gradient[i] - (_standard.Mean[i] * sum.Residuals)) / sum.Weight) + (l2 * parameters[i]);
            penalty += parameters[i] * parameters[i];
        }

        gradient[width] = sum.Residuals / sum.Weight;
        return ((sum.Loss / sum.Weight) + (l2 / 2 * penalty), gradient);
    }

    private sealed class Sum(int width)
    {
        public float[] Single { get; } = new float[width];

        public double[] Gradient { get; } = new double[width];

        public double Loss { get; set; }

        public double Residuals { get; set; }

        public double Weight { get; set; }

        public void Clear()
        {
            (Loss, Residuals, Weight) = (0, 0, 0);
            Array.Clear(Gradient);
            Array.Clear(Single);
        }

        public void Flush()
        {
            for (var i = 0; i < Single.Length; i++)
            {
                Gradient[i] += Single[i];
            }

            Array.Clear(Single);
        }

        public void Add(Sum other)
        {
            (Loss, Residuals, Weight) = (Loss + other.Loss, Residuals + other.Residuals, Weight + other.Weight);
            TensorPrimitives.Add<double>(Gradient, other.Gradient, Gradient);
        }
    }
}
