using System.Collections.Immutable;

namespace MLNetPerson.Training.Heads;

/// <summary>How a head came about.</summary>
/// <param name="L2">The penalty that was chosen.</param>
/// <param name="Trials">All penalties that were tried.</param>
/// <param name="Folds">The fold of each sample, from 0.</param>
/// <param name="OutOfFoldLogits">For each sample, the logit by the head that was fitted without its fold, at the chosen penalty; not
/// calibrated.</param>
/// <param name="Calibration">Fitted on those logits.</param>
/// <param name="CrossFittedProbabilities">
/// For each sample, a probability in which its own fold had no part: neither in the head, nor in the penalty, nor in the
/// calibration. For honest numbers where all samples are needed for training.
/// </param>
public sealed record HeadReport(
    double L2,
    ImmutableArray<PenaltyTrial> Trials,
    ImmutableArray<int> Folds,
    ImmutableArray<double> OutOfFoldLogits,
    LogitCalibration Calibration,
    ImmutableArray<double> CrossFittedProbabilities
);
