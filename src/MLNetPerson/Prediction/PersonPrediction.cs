using System.Globalization;

namespace MLNetPerson.Prediction;

/// <summary>The answer for one picture.</summary>
/// <param name="Probability">Of a person being in it, 0 to 1.</param>
/// <param name="IsPerson">Whether that is at least the package's threshold.</param>
public readonly record struct PersonPrediction(float Probability, bool IsPerson)
{
    /// <summary>For example "person (0.973)".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsPerson ? "person" : "no person")} ({Probability:0.000})");
}
