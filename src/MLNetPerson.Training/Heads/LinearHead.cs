using System.Numerics.Tensors;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Heads;

/// <summary>The learned part: logit = weights · features + bias, on features as the network gives them.</summary>
/// <param name="Weights">One per feature; standardisation is folded in.</param>
/// <param name="Bias">In logits.</param>
public sealed record LinearHead(float[] Weights, double Bias)
{
    /// <summary>One sample's logit.</summary>
    public double Logit(ReadOnlySpan<float> features) => TensorPrimitives.Dot(Weights, features) + Bias;

    /// <summary>All samples' logits.</summary>
    /// <exception cref="ArgumentException">The table has another width than the head.</exception>
    public double[] Logits(FeatureTable table)
    {
        if (table.Width != Weights.Length)
        {
            throw new ArgumentException($"The head has {Weights.Length} weights, the table {table.Width} features.", nameof(table));
        }

        var logits = new double[table.Rows];
        var perBlock = StreamedObjective.RowsPerBlock(table.Width);
        Parallel.For(
            0,
            (table.Rows + perBlock - 1) / perBlock,
            block =>
            {
                var start = block * perBlock;
                using var rows = table.Open(start, Math.Min(perBlock, table.Rows - start));
                for (var i = 0; i < rows.Count; i++)
                {
                    logits[start + i] = Logit(rows[i]);
                }
            }
        );
        return logits;
    }
}
