using System.Globalization;
using MLNetPerson.Images;

namespace MLNetPerson;

/// <summary>Draws boxes and their probabilities over a picture.</summary>
public static class BoxOverlay
{
    /// <summary>A found person's colour: orange.</summary>
    public static readonly (byte Red, byte Green, byte Blue) Found = (255, 140, 0);

    /// <summary>An annotated person's colour: blue, which differs from orange for every kind of colour vision.</summary>
    public static readonly (byte Red, byte Green, byte Blue) Annotated = (60, 130, 255);

    /// <summary>A line's width is this share of the picture's longer side, 2 pixels at least.</summary>
    private const double LineShare = 0.005;

    private const double LetterUnit = 0.12; // of a line: a digit is 8 units high

    private static readonly (byte, byte, byte) Ink = (0, 0, 0);

    /// <summary>A copy of the picture with the boxes of an answer, each with its probability above it.</summary>
    /// <param name="picture">The picture that was asked about, upright, at any size.</param>
    /// <param name="detections">Its answer.</param>
    public static RgbImage Draw(RgbImage picture, PersonDetections detections)
    {
        var (x, y) = ((double)picture.Width / detections.Width, (double)picture.Height / detections.Height);
        var image = Copy(picture);
        foreach (var person in detections.Persons.Reverse())
        {
            Box(image, person.Left * x, person.Top * y, person.Width * x, person.Height * y, Found);
            Label(image, person.Left * x, person.Top * y, person.Probability.ToString("0.00", CultureInfo.InvariantCulture), Found);
        }

        return image;
    }

    /// <summary>Draws the edges of one box into a picture.</summary>
    /// <param name="image">Is changed.</param>
    /// <param name="left">Pixels.</param>
    /// <param name="top">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="colour">sRGB.</param>
    internal static void Box(RgbImage image, double left, double top, double width, double height, (byte Red, byte Green, byte Blue) colour)
    {
        var line = Line(image);
        int Column(double value) => (int)Math.Clamp(Math.Round(value), 0, image.Width - 1);
        int Row(double value) => (int)Math.Clamp(Math.Round(value), 0, image.Height - 1);
        var (x0, y0, x1, y1) = (Column(left), Row(top), Column(left + width - 1), Row(top + height - 1));
        Fill(image, x0, y0, x1, y0 + line - 1, colour);
        Fill(image, x0, y1 - line + 1, x1, y1, colour);
        Fill(image, x0, y0, x0 + line - 1, y1, colour);
        Fill(image, x1 - line + 1, y0, x1, y1, colour);
    }

    /// <summary>A copy that may be drawn into.</summary>
    internal static RgbImage Copy(RgbImage picture) => new(picture.Width, picture.Height, [.. picture.Pixels]);

    private static int Line(RgbImage image) => Math.Max(2, (int)Math.Round(LineShare * Math.Max(image.Width, image.Height)));

    private static void Label(RgbImage image, double left, double top, string text, (byte, byte, byte) colour)
    {
        var unit = Math.Max(1, Line(image) * LetterUnit * 4);
        var (width, height) = ((int)Math.Ceiling((Lettering.Measure(text) + 4) * unit), (int)Math.Ceiling(16 * unit));
        var x = (int)Math.Clamp(left, 0, Math.Max(0, image.Width - width));
        var y = (int)Math.Clamp(top - height, 0, Math.Max(0, image.Height - height));
        if (width > image.Width || height > image.Height)
        {
            return; // no room for letters that could be read
        }

        Fill(image, x, y, x + width - 1, y + height - 1, colour);
        Lettering.Write(image.Pixels, image.Width, text, x + (2 * unit), y + (2 * unit), unit, Ink);
    }

    private static void Fill(RgbImage image, int x0, int y0, int x1, int y1, (byte Red, byte Green, byte Blue) colour)
    {
        for (var y = Math.Max(0, y0); y <= Math.Min(image.Height - 1, y1); y++)
        {
            for (var x = Math.Max(0, x0); x <= Math.Min(image.Width - 1, x1); x++)
            {
                var at = ((y * image.Width) + x) * 3;
                (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]) = colour;
            }
        }
    }
}
