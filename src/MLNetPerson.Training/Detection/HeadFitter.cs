using System.Numerics.Tensors;

namespace MLNetPerson.Training.Detection;

/// <summary>Fits the last layer of the heads on rows: scores by a logistic loss, encoded boxes by Huber's, both near what was
/// published.</summary>
internal static class HeadFitter
{
    private const int Iterations = 60;

    /// <summary>Overlap from which on an anchor's box is worth to be moved.</summary>
    private const double Movable = 0.4;

    /// <summary>Fits.</summary>
    /// <param name="network">The published network.</param>
    /// <param name="rows">Of the training pictures.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the work between two evaluations.</param>
    public static DetectorHead Fit(
        DetectorNetwork network,
        IReadOnlyCollection<HeadRow> rows,
        HeadFitOptions options,
        CancellationToken cancellation = default
    )
    {
        var published = DetectorHead.Of(network);
        var (scores, boxes) = (
            published.Scores.Select(filters => filters.ToArray()).ToArray(),
            published.Boxes.Select(filters => filters.ToArray()).ToArray()
        );
        foreach (var group in rows.Where(row => !row.IsIgnored).GroupBy(row => (row.Level, row.Shape)).OrderBy(group => group.Key))
        {
            cancellation.ThrowIfCancellationRequested();
            var (level, shape) = group.Key;
            List<HeadRow> judged = [.. group.Where(row => row.Overlap >= options.Person || row.Overlap < options.Nobody)];
            scores[level][shape] = Fit(
                judged,
                row => row.Scores,
                row => row.Overlap >= options.Person ? 1 : 0,
                published.Scores[level][shape],
                options.ScorePrior,
                logistic: true,
                cancellation
            );
            List<HeadRow> moved = [.. group.Where(row => row.Target is not null && row.Overlap >= Movable)];
            for (var k = 0; k < 4; k++)
            {
                var coordinate = k;
                boxes[level][(4 * shape) + k] = Fit(
                    moved,
                    row => row.Boxes,
                    row => row.Target![coordinate],
                    published.Boxes[level][(4 * shape) + k],
                    options.BoxPrior,
                    logistic: false,
                    cancellation
                );
            }
        }

        return new DetectorHead(scores, boxes);
    }

    private static HeadFilter Fit(
        List<HeadRow> rows,
        Func<HeadRow, Half[]> features,
        Func<HeadRow, float> target,
        HeadFilter published,
        double prior,
        bool logistic,
        CancellationToken cancellation
    )
    {
        if (rows.Count == 0)
        {
            return published;
        }

        var (weights, bias) = new AnchoredRegression(
            [.. rows.Select(row => Floats(features(row)))],
            [.. rows.Select(target)],
            [.. Enumerable.Repeat(1f, rows.Count)],
            published.Weights,
            published.Bias,
            logistic
        ).Fit(prior / rows.Count, Iterations, cancellation);
        return new HeadFilter(weights, bias);
    }

    private static float[] Floats(Half[] values)
    {
        var floats = new float[values.Length];
        TensorPrimitives.ConvertToSingle(values, floats);
        return floats;
    }
}
