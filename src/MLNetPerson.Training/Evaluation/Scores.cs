namespace MLNetPerson.Training.Evaluation;

/// <summary>Checks shared by all that takes scores and labels.</summary>
internal static class Scores
{
    public static void CheckLengths(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length)
        {
            throw new ArgumentException($"{scores.Length} scores do not belong to {labels.Length} labels.", nameof(scores));
        }
    }

    /// <summary>Indices by falling score; equal scores in their given order.</summary>
    public static int[] ByFallingScore(ReadOnlySpan<double> scores)
    {
        var keys = scores.ToArray();
        var indices = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(indices, (a, b) => keys[b].CompareTo(keys[a]) is var order && order != 0 ? order : a.CompareTo(b));
        return indices;
    }
}
