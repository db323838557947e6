using System.Globalization;

namespace MLNetPerson;

/// <summary>One person that was found in a picture.</summary>
/// <param name="Probability">That there is a person in the box, 0 to 1, calibrated.</param>
/// <param name="Left">The box's left edge in pixels of the upright picture, from 0.</param>
/// <param name="Top">The box's upper edge in pixels of the upright picture, from 0.</param>
/// <param name="Width">The box's width in pixels.</param>
/// <param name="Height">The box's height in pixels.</param>
public readonly record struct DetectedPerson(float Probability, double Left, double Top, double Width, double Height)
{
    /// <summary>The box's area in pixels.</summary>
    public double Area => Width * Height;

    /// <summary>The area that two boxes share, divided by the area that either covers, 0 to 1; 0 for boxes without an area.</summary>
    public double Overlap(DetectedPerson other)
    {
        var width = Math.Min(Left + Width, other.Left + other.Width) - Math.Max(Left, other.Left);
        var height = Math.Min(Top + Height, other.Top + other.Height) - Math.Max(Top, other.Top);
        return width <= 0 || height <= 0 ? 0 : width * height / (Area + other.Area - (width * height));
    }

    /// <summary>For example "person 0.973 at 12, 30, 100 x 220".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"person {Probability:0.000} at {Left:0.#}, {Top:0.#}, {Width:0.#} x {Height:0.#}");
}
