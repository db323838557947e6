using System.Globalization;

namespace MLNetPerson.Streaming;

/// <summary>A person has come into the picture, or nobody is in it any more.</summary>
/// <param name="IsPerson">Which of the two.</param>
/// <param name="Time">When that was believed, since the stream began.</param>
/// <param name="Frame">Index of the frame that decided.</param>
/// <param name="Probability">Of that frame alone, 0 to 1.</param>
/// <param name="Smoothed">The average over time that crossed its limit, 0 to 1.</param>
/// <param name="Lasted">How long the state before had lasted.</param>
public sealed record PersonEvent(bool IsPerson, TimeSpan Time, long Frame, float Probability, double Smoothed, TimeSpan Lasted)
{
    /// <summary>For example "person since 12.4 s, 0.97".</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(IsPerson ? "person" : "nobody")} since {Time.TotalSeconds:0.0} s, {Probability:0.00}"
        );
}
