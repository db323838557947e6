using System.Globalization;

namespace MLNetPerson.Images;

/// <summary>
/// Writes a few words into pixels, with strokes of its own: a device need not have a font. Knows the letters of this project's captions
/// only.
/// </summary>
internal static class Lettering
{
    /// <summary>Units from the top of an ascender to the bottom of a descender.</summary>
    public const double LineUnits = 16;

    private const double StrokeUnits = 1.5;
    private const double GapUnits = 3;
    private const double SpaceUnits = 4;

    /// <summary>Strokes as points x, y in hexadecimal: y 0 is the ascenders' top, 4 that of small letters, c the base line, g below
    /// it.</summary>
    private static readonly Dictionary<char, string> Strokes = new()
    {
        ['0'] = "20 40 62 6a 4c 2c 0a 02 20",
        ['1'] = "03 30 3c",
        ['2'] = "02 20 40 62 64 0c 6c",
        ['3'] = "01 20 40 62 64 46 26,46 68 6a 4c 2c 0b",
        ['4'] = "5c 50 09 69",
        ['5'] = "60 10 06 25 45 67 6a 4c 2c 0b",
        ['6'] = "61 40 20 02 0a 2c 4c 6a 68 46 26 08",
        ['7'] = "00 60 2c",
        ['8'] = "20 40 62 64 46 26 04 02 20,26 46 68 6a 4c 2c 0a 08 26",
        ['9'] = "0b 2c 4c 6a 62 40 20 02 04 26 46 64",
        ['.'] = "0c 0c",
        ['a'] = "66 44 24 06 0a 2c 4c 6a,64 6c",
        ['d'] = "60 6c,66 44 24 06 0a 2c 4c 6a",
        ['e'] = "08 68 66 44 24 06 0a 2c 4c 6b",
        ['f'] = "50 40 22 2c,04 54",
        ['g'] = "66 44 24 06 0a 2c 4c 6a,64 6e 4g 2g 0f",
        ['h'] = "00 0c,06 24 44 66 6c",
        ['i'] = "04 0c,00 00",
        ['l'] = "00 0c",
        ['n'] = "04 0c,06 24 44 66 6c",
        ['o'] = "24 44 66 6a 4c 2c 0a 06 24",
        ['p'] = "04 0g,06 24 44 66 6a 4c 2c 0a",
        ['r'] = "04 0c,06 24 44",
        ['s'] = "65 44 24 05 07 28 48 69 6b 4c 2c 0b",
        ['t'] = "21 2a 3c 5c,04 54",
    };

    /// <summary>Width of a text in units.</summary>
    /// <exception cref="ArgumentException">A letter is not known here.</exception>
    public static double Measure(string text) => text.Sum(letter => Advance(letter)) - (text.Length > 0 ? GapUnits : 0);

    /// <summary>Writes a text.</summary>
    /// <param name="pixels">[height, width, 3].</param>
    /// <param name="width">Pixels.</param>
    /// <param name="text">Of known letters.</param>
    /// <param name="left">Pixels.</param>
    /// <param name="top">Pixels to the ascenders' top.</param>
    /// <param name="unit">Pixels a unit; a small letter is 8 units high.</param>
    /// <param name="ink">sRGB.</param>
    public static void Write(
        Span<byte> pixels,
        int width,
        string text,
        double left,
        double top,
        double unit,
        (byte Red, byte Green, byte Blue) ink
    )
    {
        foreach (var letter in text)
        {
            foreach (var stroke in letter == ' ' ? [] : Strokes[letter].Split(','))
            {
                var points = stroke
                    .Split(' ')
                    .Select(point =>
                        (X: left + (unit * (Digit(point[0]) + (StrokeUnits / 2))), Y: top + (unit * (Digit(point[1]) + (StrokeUnits / 2))))
                    )
                    .ToList();
                Draw(pixels, width, points, unit * StrokeUnits / 2, ink);
            }

            left += unit * Advance(letter);
        }
    }

    private static void Draw(
        Span<byte> pixels,
        int width,
        List<(double X, double Y)> points,
        double radius,
        (byte Red, byte Green, byte Blue) ink
    )
    {
        var height = pixels.Length / 3 / width;
        var (fromX, toX) = (
            (int)Math.Max(0, points.Min(point => point.X) - radius - 1),
            (int)Math.Min(width - 1, points.Max(point => point.X) + radius + 1)
        );
        var (fromY, toY) = (
            (int)Math.Max(0, points.Min(point => point.Y) - radius - 1),
            (int)Math.Min(height - 1, points.Max(point => point.Y) + radius + 1)
        );
        for (var y = fromY; y <= toY; y++)
        {
            for (var x = fromX; x <= toX; x++)
            {
                var distance = double.MaxValue;
                for (var i = 1; i < points.Count; i++)
                {
                    distance = Math.Min(distance, Distance(x + 0.5, y + 0.5, points[i - 1], points[i]));
                }

                // A pixel that the stroke's border crosses is covered in part.
                var cover = Math.Clamp(radius - distance + 0.5, 0, 1);
                var at = ((y * width) + x) * 3;
                pixels[at] = Mix(pixels[at], ink.Red, cover);
                pixels[at + 1] = Mix(pixels[at + 1], ink.Green, cover);
                pixels[at + 2] = Mix(pixels[at + 2], ink.Blue, cover);
            }
        }
    }

    private static double Distance(double x, double y, (double X, double Y) from, (double X, double Y) to)
    {
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var length = (dx * dx) + (dy * dy);
        var along = length == 0 ? 0 : Math.Clamp((((x - from.X) * dx) + ((y - from.Y) * dy)) / length, 0, 1);
        return double.Hypot(x - from.X - (along * dx), y - from.Y - (along * dy));
    }

    private static double Advance(char letter) =>
        letter == ' ' ? SpaceUnits
        : Strokes.TryGetValue(letter, out var strokes) ? strokes.Split(' ', ',').Max(point => Digit(point[0])) + StrokeUnits + GapUnits
        : throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"There is no '{letter}' among the letters of captions."),
            nameof(letter)
        );

    private static int Digit(char digit) =>
        digit == 'g' ? 16 : int.Parse(digit.ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte Mix(byte from, byte to, double share) => (byte)Math.Round(from + ((to - from) * share));
}
