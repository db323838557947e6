namespace MLNetPerson.Training.Evaluation;

/// <summary>How a model does on one value of one attribute.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Value">Its value.</param>
/// <param name="Persons">Pictures with a person.</param>
/// <param name="None">Pictures without one.</param>
/// <param name="Recall">Persons found; NaN without a person.</param>
/// <param name="FalseAlarmRate">Answers "person" among the pictures without one; NaN without any.</param>
/// <param name="RecallGap">To the best slice; null for the best itself, and where there is no person.</param>
/// <param name="FalseAlarmGap">To the best slice; null for the best itself, and where all have a person.</param>
public sealed record SliceResult(
    string Attribute,
    string Value,
    int Persons,
    int None,
    Estimate Recall,
    Estimate FalseAlarmRate,
    SliceGap? RecallGap,
    SliceGap? FalseAlarmGap
)
{
    /// <summary>Whether a gap cannot be explained by chance.</summary>
    public bool IsFlagged => RecallGap is { ExcludesParity: true } || FalseAlarmGap is { ExcludesParity: true };
}
