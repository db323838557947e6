using System.Globalization;

namespace MLNetPerson.Training.Evaluation;

/// <summary>A number measured on a sample, with its 95 % interval.</summary>
/// <param name="Value">The estimate; NaN where nothing could be measured (recall without a person, say).</param>
/// <param name="Interval">Where the true value lies, 95 times in 100.</param>
public readonly record struct Estimate(double Value, Interval Interval)
{
    /// <summary>For example "0.923 (0.905–0.938)".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Value:0.000} ({Interval.Low:0.000}–{Interval.High:0.000})");
}
