namespace MLNetPerson;

/// <summary>Greedy suppression of overlapping boxes, as ONNX's NonMaxSuppression does it: the most probable box stays, and those that
/// overlap it too much go.</summary>
internal static class NonMaximumSuppression
{
    /// <summary>Which boxes stay.</summary>
    /// <param name="boxes">[count, 4] left, top, right, bottom.</param>
    /// <param name="probabilities">[count].</param>
    /// <param name="iouThreshold">A box goes where it overlaps one that stays by more than this.</param>
    /// <param name="scoreThreshold">Boxes of this probability or less go first.</param>
    /// <param name="most">Boxes that stay at most.</param>
    /// <returns>Indices, the most probable one first.</returns>
    public static List<int> Select(
        ReadOnlySpan<float> boxes,
        ReadOnlySpan<float> probabilities,
        float iouThreshold,
        float scoreThreshold,
        int most
    )
    {
        var order = new List<(float Probability, int Index)>();
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] > scoreThreshold)
            {
                order.Add((probabilities[i], i));
            }
        }

        order.Sort(
            static (one, other) => other.Probability.CompareTo(one.Probability) is not 0 and var by ? by : one.Index.CompareTo(other.Index)
        );
        var kept = new List<int>();
        foreach (var (_, index) in order)
        {
            if (kept.Count == most)
            {
                break;
            }

            var suppressed = false;
            for (var k = 0; k < kept.Count && !suppressed; k++)
            {
                suppressed = Overlap(boxes.Slice(index * 4, 4), boxes.Slice(kept[k] * 4, 4)) > iouThreshold;
            }

            if (!suppressed)
            {
                kept.Add(index);
            }
        }

        return kept;
    }

    private static float Overlap(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var width = Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]);
        var height = Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        var shared = width * height;
        var either = ((a[2] - a[0]) * (a[3] - a[1])) + ((b[2] - b[0]) * (b[3] - b[1])) - shared;
        return either <= 0 ? 0 : shared / either;
    }
}
