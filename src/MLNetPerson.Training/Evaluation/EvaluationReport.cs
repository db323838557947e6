using System.Globalization;

namespace MLNetPerson.Training.Evaluation;

/// <summary>How well probabilities did on labelled samples.</summary>
/// <param name="Threshold">The threshold that the rates are for.</param>
/// <param name="Confusion">Counts at that threshold.</param>
/// <param name="Accuracy">Right answers among all.</param>
/// <param name="Precision">Persons among the answers "person".</param>
/// <param name="Recall">Answers "person" among the persons.</param>
/// <param name="F1">Harmonic mean of the two.</param>
/// <param name="RocAuc">Area under the ROC curve.</param>
/// <param name="AveragePrecision">Area under the precision–recall curve.</param>
/// <param name="LogLoss">Natural logarithm.</param>
/// <param name="Brier">Mean squared difference.</param>
/// <param name="ExpectedCalibrationError">Over 15 bins of equal width. No interval: resampling biases it upwards.</param>
public sealed record EvaluationReport(
    double Threshold,
    ConfusionMatrix Confusion,
    Estimate Accuracy,
    Estimate Precision,
    Estimate Recall,
    Estimate F1,
    Estimate RocAuc,
    Estimate AveragePrecision,
    Estimate LogLoss,
    Estimate Brier,
    double ExpectedCalibrationError
)
{
    /// <summary>For example "961 samples: accuracy 0.930 (0.912–0.945), ROC AUC 0.973 (0.964–0.982)".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Confusion.Total} samples: accuracy {Accuracy}, ROC AUC {RocAuc}");
}
