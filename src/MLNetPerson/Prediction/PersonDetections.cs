using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Images;

namespace MLNetPerson;

/// <summary>The persons that were found in one picture.</summary>
/// <param name="Width">Of the upright picture, pixels.</param>
/// <param name="Height">Of the upright picture, pixels.</param>
/// <param name="Persons">The most probable one first. Empty where there is none.</param>
public sealed record PersonDetections(int Width, int Height, ImmutableArray<DetectedPerson> Persons)
{
    /// <summary>The highest probability of a box, or 0 where there is none: the answer to "is there a person?".</summary>
    public float Probability => Persons.IsEmpty ? 0 : Persons[0].Probability;

    /// <summary>For example "2 persons in 640 x 480: 0.973, 0.812".</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Persons.Length} {(Persons.Length == 1 ? "person" : "persons")} in {Width} x {Height}"
        )
        + (Persons.IsEmpty ? "" : ": ")
        + string.Join(", ", Persons.Select(person => person.Probability.ToString("0.000", CultureInfo.InvariantCulture)));
}

/// <summary>The answer for one of many pictures: its persons, or the reason why there is no answer.</summary>
/// <param name="Name">The picture's path or name, as it was given.</param>
/// <param name="Detections">The answer, or null.</param>
/// <param name="Error">Why there is no answer, or null.</param>
public sealed record PersonDetectionResult(string Name, PersonDetections? Detections, ImageException? Error);
