using System.Globalization;

namespace MLNetPerson.Tuning;

/// <summary>How far a tuning is.</summary>
/// <param name="Epoch">Number of the epoch, from 1.</param>
/// <param name="Epochs">Planned.</param>
/// <param name="Step">Steps done of all epochs.</param>
/// <param name="Steps">Planned.</param>
/// <param name="PicturesPerSecond">Over the last half minute.</param>
/// <param name="Loss">Averaged over the last steps.</param>
/// <param name="HeldOutAccuracy">Of the last judgement on pictures that the backbone does not see, or null before the first.</param>
/// <param name="Left">Estimate of the time left.</param>
public readonly record struct TuningProgress(
    int Epoch,
    int Epochs,
    long Step,
    long Steps,
    double PicturesPerSecond,
    double Loss,
    double? HeldOutAccuracy,
    TimeSpan Left
)
{
    /// <summary>One line for a terminal.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {Epoch} of {Epochs}, {PicturesPerSecond:0.0} pictures/s, loss {Loss:0.000}"
                + $"{(HeldOutAccuracy is { } accuracy ? $", held-out accuracy {100 * accuracy:0.0} %" : "")}, {Time(Left)} left"
        );

    private static string Time(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes} min"
        : time.TotalMinutes >= 1 ? $"{(int)time.TotalMinutes} min"
        : $"{(int)time.TotalSeconds} s";
}
