namespace MLNetPerson.Tuning;

/// <summary>One epoch, as judged by the averaged weights on the pictures that the backbone does not see.</summary>
/// <param name="Epoch">Number, from 1; 0 is the state before the first step.</param>
/// <param name="Side">Of the input, in pixels.</param>
/// <param name="Rate">Learning rate at its end.</param>
/// <param name="TrainingLoss">Mean loss of its steps, on varied pictures and mixed targets; not comparable with <paramref name="Loss"/>.
/// NaN for epoch 0.</param>
/// <param name="Loss">Mean log loss of the labels.</param>
/// <param name="Accuracy">At one half. Range [0, 1].</param>
/// <param name="RocAuc">Range [0, 1].</param>
/// <param name="Seconds">That the epoch took.</param>
public sealed record EpochReport(
    int Epoch,
    int Side,
    double Rate,
    double TrainingLoss,
    double Loss,
    double Accuracy,
    double RocAuc,
    double Seconds
);
