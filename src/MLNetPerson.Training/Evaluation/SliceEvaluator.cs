using System.Collections.Immutable;
using MathNet.Numerics.Distributions;

namespace MLNetPerson.Training.Evaluation;

/// <summary>Compares how a model does on the values of an attribute.</summary>
/// <remarks>
/// The best slice is the one whose interval's worse end is best, so that three lucky pictures are not the measure. Gaps have R. Newcombe's
/// hybrid score interval (Statistics in Medicine 17, 1998, method 10), widened after Bonferroni for all pairs of slices: which one is best
/// was looked up in the same numbers, and a
/// model that treats all alike is flagged in less than 5 of 100 tests of an attribute.
/// </remarks>
public static class SliceEvaluator
{
    private const double Alpha = 0.05;

    /// <summary>One result per value, sorted by value.</summary>
    /// <param name="attribute">The attribute's name.</param>
    /// <param name="values">Of each sample; null leaves it out.</param>
    /// <param name="labels">Whether each shows a person.</param>
    /// <param name="decisions">Whether the model says so.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static ImmutableArray<SliceResult> Evaluate(
        string attribute,
        IReadOnlyList<string?> values,
        IReadOnlyList<bool> labels,
        IReadOnlyList<bool> decisions
    )
    {
        if (values.Count != labels.Count || values.Count != decisions.Count)
        {
            throw new ArgumentException(
                $"{values.Count} values, {labels.Count} labels and {decisions.Count} decisions do not belong together.",
                nameof(values)
            );
        }

        var counts = Enumerable
            .Range(0, values.Count)
            .Where(i => values[i] is not null)
            .GroupBy(i => values[i]!, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group =>
                (
                    Value: group.Key,
                    Confusion: ConfusionMatrix.Count([.. group.Select(i => decisions[i])], [.. group.Select(i => labels[i])])
                )
            )
            .ToList();
        var found = Gaps([
            .. counts.Select(count => (count.Confusion.FalseNegative, count.Confusion.TruePositive + count.Confusion.FalseNegative)),
        ]);
        var alarms = Gaps([
            .. counts.Select(count => (count.Confusion.FalsePositive, count.Confusion.FalsePositive + count.Confusion.TrueNegative)),
        ]);
        return
        [
            .. counts.Select(
                (count, i) =>
                    new SliceResult(
                        attribute,
                        count.Value,
                        count.Confusion.TruePositive + count.Confusion.FalseNegative,
                        count.Confusion.FalsePositive + count.Confusion.TrueNegative,
                        count.Confusion.Recall,
                        count.Confusion.FalseAlarmRate,
                        found[i],
                        alarms[i]
                    )
            ),
        ];
    }

    /// <summary>For each slice's errors the gap to the slice with the fewest; null where there is none.</summary>
    private static SliceGap?[] Gaps((int Errors, int Total)[] slices)
    {
        var gaps = new SliceGap?[slices.Length];
        int[] filled = [.. Enumerable.Range(0, slices.Length).Where(i => slices[i].Total > 0)];
        if (filled.Length < 2)
        {
            return gaps;
        }

        var best = filled.MinBy(i => (WilsonInterval.Of(slices[i].Errors, slices[i].Total).Interval.High, i));
        var z = Normal.InvCDF(0, 1, 1 - (Alpha / (filled.Length * (filled.Length - 1))));
        foreach (var i in filled.Where(i => i != best))
        {
            gaps[i] = Gap(slices[i], slices[best], z);
        }

        return gaps;
    }

    private static SliceGap Gap((int Errors, int Total) slice, (int Errors, int Total) best, double z)
    {
        var (mine, theirs) = (WilsonInterval.Of(slice.Errors, slice.Total, z), WilsonInterval.Of(best.Errors, best.Total, z));
        var value = mine.Value - theirs.Value;
        var low = value - Math.Sqrt(Square(mine.Value - mine.Interval.Low) + Square(theirs.Interval.High - theirs.Value));
        var high = value + Math.Sqrt(Square(mine.Interval.High - mine.Value) + Square(theirs.Value - theirs.Interval.Low));
        return new SliceGap(value, new Interval(low, high), low > 0 || high < 0);

        static double Square(double x) => x * x;
    }
}
