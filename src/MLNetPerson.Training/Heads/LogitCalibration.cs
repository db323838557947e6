namespace MLNetPerson.Training.Heads;

/// <summary>probability = 1 / (1 + exp(−(slope · logit + offset))).</summary>
/// <param name="Method">How it was found.</param>
/// <param name="Slope">Above 0, so that no two pictures change places.</param>
/// <param name="Offset">In logits.</param>
public sealed record LogitCalibration(CalibrationMethod Method, double Slope, double Offset)
{
    /// <summary>The logistic function as it is.</summary>
    public static LogitCalibration None { get; } = new(CalibrationMethod.None, 1, 0);

    /// <summary>One probability.</summary>
    public double Apply(double logit) => 1 / (1 + Math.Exp(-((Slope * logit) + Offset)));

    /// <summary>Many probabilities.</summary>
    public double[] Apply(IReadOnlyList<double> logits) => [.. logits.Select(Apply)];

    /// <summary>A head whose plain logistic function gives the calibrated probabilities.</summary>
    public LinearHead FoldInto(LinearHead head) =>
        new([.. head.Weights.Select(weight => (float)(weight * Slope))], (head.Bias * Slope) + Offset);
}
