using System.Collections.Immutable;

namespace MLNetPerson.Training.Heads;

/// <summary>How the binary head is fitted. The defaults are the shipped recipes'.</summary>
public sealed record HeadOptions
{
    /// <summary>
    /// Penalties to choose from by cross-validation: the factor of ‖w‖²/2 beside the mean log loss, on standardised
    /// features. Each above 0; tried from the largest down, until two in a row have been worse.
    /// </summary>
    public ImmutableArray<double> L2 { get; init; } = [3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001];

    /// <summary>Parts of the cross-validation. Range [2, 20]. Groups stay together, classes are spread evenly.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>How much the classes count.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <summary>How logits become probabilities.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.Platt;

    /// <summary>Seeds the division into folds: same seed and features, same head.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (L2.IsDefaultOrEmpty || L2.Any(value => !double.IsFinite(value) || value <= 0))
        {
            faults.Add("'l2' needs at least one number, each above 0");
        }

        if (Folds is < 2 or > 20)
        {
            faults.Add($"'folds' is {Folds}, outside 2 to 20");
        }

        if (!Enum.IsDefined(ClassWeights))
        {
            faults.Add($"'classWeights' is {ClassWeights}");
        }

        if (!Enum.IsDefined(Calibration))
        {
            faults.Add($"'calibration' is {Calibration}");
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
