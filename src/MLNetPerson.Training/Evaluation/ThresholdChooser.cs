namespace MLNetPerson.Training.Evaluation;

/// <summary>Applies a <see cref="ThresholdRule"/> to samples that nothing will be reported on.</summary>
public static class ThresholdChooser
{
    /// <summary>
    /// The threshold by the rule, halfway between two neighbouring probabilities. A recall or precision that cannot be
    /// reached gives the threshold that comes nearest.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ, or a class is missing.</exception>
    public static double Choose(ThresholdRule rule, ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        Scores.CheckLengths(probabilities, labels);
        var persons = labels.Count(true);
        if (persons == 0 || persons == labels.Length)
        {
            throw new ArgumentException("A threshold needs samples of both classes.", nameof(labels));
        }

        var order = Scores.ByFallingScore(probabilities);
        var best = (Goodness: double.NegativeInfinity, Tie: double.NegativeInfinity, Threshold: 0.5);
        int found = 0,
            alarms = 0;

        // From "nobody is a person" down to "everybody is": a cut before each group of equal probabilities and after the last.
        for (var start = 0; start <= order.Length;)
        {
            var above = start == 0 ? 1 : probabilities[order[start - 1]];
            var below = start == order.Length ? 0 : probabilities[order[start]];
            var (goodness, tie) = Judge(rule, found, alarms, persons, labels.Length - persons);
            if (goodness > best.Goodness || (goodness.Equals(best.Goodness) && tie > best.Tie))
            {
                // A probability equal to the threshold counts as a person, so the cut lies strictly above the group below it.
                best = (goodness, tie, Between(above, below));
            }

            if (start == order.Length)
            {
                break;
            }

            var level = probabilities[order[start]];
            for (; start < order.Length && probabilities[order[start]].Equals(level); start++)
            {
                found += labels[order[start]] ? 1 : 0;
                alarms += labels[order[start]] ? 0 : 1;
            }
        }

        return best.Threshold;
    }

    private static double Between(double above, double below) => (above + below) / 2 is var middle && middle > below ? middle : above;

    private static (double Goodness, double Tie) Judge(ThresholdRule rule, int found, int alarms, int persons, int others)
    {
        var recall = found / (double)persons;
        var precision = found + alarms == 0 ? 1 : found / (double)(found + alarms);
        return rule switch
        {
            ThresholdRule.BestF1 => (2.0 * found / (found + alarms + persons), -alarms),
            // Reached: as few alarms as possible. Not reached: as near as possible.
            ThresholdRule.TargetRecall target => (Math.Min(recall, target.Recall), -alarms),
            // An empty answer is of perfect precision and no use: it only wins where nothing else reaches the target.
            ThresholdRule.TargetPrecision target => (found == 0 ? 0 : Math.Min(precision, target.Precision), recall),
            ThresholdRule.Cost cost => (-((cost.MissCost * (persons - found)) + alarms), -Math.Abs(found + alarms - persons)),
            _ => throw new ArgumentOutOfRangeException(nameof(rule)),
        };
    }
}
