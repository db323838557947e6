namespace MLNetPerson.Training.Curation.Checks;

/// <summary>
/// Confident learning for two classes: a label is in doubt where a head that never saw the picture is as sure of the other class as it is,
/// on average, of the pictures that do bear that label.
/// </summary>
/// <remarks>C. Northcutt, L. Jiang, I. Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels, JAIR 70 (2021).</remarks>
public static class ConfidentLearning
{
    /// <summary>For each class, how sure the head is on average of pictures with its label: (none, person), each of its own
    /// class.</summary>
    public static (double None, double Person) Thresholds(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        double none = 0,
            person = 0;
        var (nones, persons) = (0, 0);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i])
            {
                (person, persons) = (person + probabilities[i], persons + 1);
            }
            else
            {
                (none, nones) = (none + 1 - probabilities[i], nones + 1);
            }
        }

        return (nones == 0 ? 1 : none / nones, persons == 0 ? 1 : person / persons);
    }

    /// <summary>Whether each label is in doubt: the confident joint's entries off the diagonal.</summary>
    /// <param name="probabilities">Of person, out of fold.</param>
    /// <param name="labels">As given.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static bool[] Doubtful(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        if (probabilities.Length != labels.Length)
        {
            throw new ArgumentException(
                $"{probabilities.Length} probabilities do not belong to {labels.Length} labels.",
                nameof(probabilities)
            );
        }

        var (none, person) = Thresholds(probabilities, labels);
        var doubtful = new bool[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            // Of the classes that pass their own threshold the likelier one is the confident guess.
            var (isNone, isPerson) = (1 - probabilities[i] >= none, probabilities[i] >= person);
            doubtful[i] = labels[i] ? isNone && !(isPerson && probabilities[i] >= 0.5) : isPerson && !(isNone && probabilities[i] < 0.5);
        }

        return doubtful;
    }
}
