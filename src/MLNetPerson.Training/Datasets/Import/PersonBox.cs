using System.Globalization;

namespace MLNetPerson.Training.Datasets.Import;

/// <summary>Where a person is in a picture, in the picture's own pixels from its upper left corner.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Width">Columns, above 0.</param>
/// <param name="Height">Rows, above 0.</param>
public readonly record struct PersonBox(double Left, double Top, double Width, double Height)
{
    /// <summary>
    /// So far may a box stand over the picture before it counts as a fault: formats that count pixels from 1, and boxes that were
    /// rounded when a picture was shrunk, are off by as much.
    /// </summary>
    public const double Slack = 2;

    /// <summary>Boxes in fractions of the picture may be over the edge by so much: six decimals, rounded.</summary>
    private const double FractionSlack = 0.005;

    /// <summary>Pixels inside.</summary>
    public double Area => Width * Height;

    /// <summary>As in a canonical CSV: "x y w h", whole pixels without decimals.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Left:0.##} {Top:0.##} {Width:0.##} {Height:0.##}");

    /// <summary>What is wrong with the box in a picture of that size, or null.</summary>
    internal string? Fault(int width, int height) =>
        !double.IsFinite(Left) || !double.IsFinite(Top) || !double.IsFinite(Width) || !double.IsFinite(Height)
            ? "the box has coordinates that are not numbers"
        : Width <= 0 || Height <= 0 ? $"box {this} has no area"
        : Left < -Slack || Top < -Slack || Left + Width > width + Slack || Top + Height > height + Slack
            ? $"box {this} stands outside the picture of {width} x {height}"
        : null;

    /// <summary>What is wrong with a box in fractions of its picture, or null.</summary>
    internal string? FractionFault() =>
        Left < -FractionSlack
        || Top < -FractionSlack
        || Left + Width > 1 + FractionSlack
        || Top + Height > 1 + FractionSlack
        || Width <= 0
        || Height <= 0
            ? $"box {this} (fractions) stands outside the picture or has no area"
            : null;

    /// <summary>From fractions to the pixels inside a picture of that size.</summary>
    internal PersonBox OfPicture(int width, int height) =>
        new PersonBox(Left * width, Top * height, Width * width, Height * height).Clip(width, height);

    /// <summary>The part inside the picture.</summary>
    internal PersonBox Clip(int width, int height)
    {
        var (left, top) = (Math.Clamp(Left, 0, width), Math.Clamp(Top, 0, height));
        return new PersonBox(left, top, Math.Clamp(Left + Width, 0, width) - left, Math.Clamp(Top + Height, 0, height) - top);
    }

    /// <summary>Reads the boxes of a canonical CSV's cell.</summary>
    /// <exception cref="FormatException">Not "x y w h;x y w h;…"; the message shows the value.</exception>
    public static PersonBox[] ParseMany(string cell)
    {
        var parts = cell.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. parts.Select(Parse)];

        static PersonBox Parse(string text)
        {
            Span<double> numbers = stackalloc double[4];
            var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < 4; i++)
            {
                if (words.Length != 4 || !double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                {
                    throw new FormatException($"'{text}' is not a box; 'x y w h' in pixels is expected");
                }
            }

            return new PersonBox(numbers[0], numbers[1], numbers[2], numbers[3]);
        }
    }
}
