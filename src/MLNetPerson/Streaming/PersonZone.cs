using System.Collections.Immutable;
using System.Globalization;

namespace MLNetPerson.Streaming;

/// <summary>A part of the frame that counts: a rectangle or a polygon. A person is in it where the middle of the box's lower edge is: where
/// the feet stand.</summary>
public sealed record PersonZone
{
    private PersonZone(string name, ImmutableArray<(double X, double Y)> corners) => (Name, Corners) = (name, corners);

    /// <summary>What events call it.</summary>
    public string Name { get; }

    /// <summary>In pixels of the frame, in order around the zone.</summary>
    public ImmutableArray<(double X, double Y)> Corners { get; }

    /// <summary>The whole frame.</summary>
    /// <param name="name">What events call it.</param>
    /// <param name="width">Of the frame, pixels.</param>
    /// <param name="height">Of the frame, pixels.</param>
    public static PersonZone Whole(string name, int width, int height) => new(name, [(0, 0), (width, 0), (width, height), (0, height)]);

    /// <summary>A rectangle.</summary>
    /// <exception cref="ArgumentException">It has no area, or a number is not finite.</exception>
    public static PersonZone Rectangle(string name, double left, double top, double width, double height) =>
        Polygon(name, [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]);

    /// <summary>A polygon of at least three corners, which need not be convex.</summary>
    /// <exception cref="ArgumentException">It has no area, or a number is not finite.</exception>
    public static PersonZone Polygon(string name, IReadOnlyList<(double X, double Y)> corners)
    {
        if (corners.Count < 3 || corners.Any(corner => !double.IsFinite(corner.X + corner.Y)) || Area(corners) == 0)
        {
            throw new ArgumentException($"Zone '{name}' has no area: give a rectangle, or at least three corners.", nameof(corners));
        }

        return new PersonZone(name, [.. corners]);
    }

    /// <summary>Reads a zone as the command line has it: <c>[NAME=]LEFT,TOP,WIDTH,HEIGHT</c> or <c>[NAME=]X,Y X,Y X,Y …</c>, in pixels of
    /// the
    /// frame.</summary>
    /// <param name="text">The zone.</param>
    /// <param name="otherwise">Its name where the text gives none.</param>
    /// <exception cref="FormatException">It is neither; the message shows the text.</exception>
    public static PersonZone Parse(string text, string otherwise)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        var (name, rest) = at > 0 ? (text[..at].Trim(), text[(at + 1)..]) : (otherwise, text);
        var parts = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split(',')).ToList();
        var numbers = parts.Select(part => part.Select(Number).ToArray()).ToList();
        try
        {
            return numbers switch
            {
                [[{ } left, { } top, { } width, { } height]] => Rectangle(name, left, top, width, height),
                [_, _, _, ..] when numbers.All(pair => pair is [{ }, { }]) => Polygon(
                    name,
                    [.. numbers.Select(pair => (pair[0]!.Value, pair[1]!.Value))]
                ),
                _ => throw new FormatException(
                    $"'{text}' is not a zone: write LEFT,TOP,WIDTH,HEIGHT or three corners and more as X,Y X,Y X,Y, in pixels of the "
                        + "frame, and "
                        + "NAME= before it for a name"
                ),
            };
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"'{text}' is not a zone: it has no area", exception);
        }

        static double? Number(string word) =>
            double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
    }

    /// <summary>Whether a person stands in the zone.</summary>
    public bool Contains(DetectedPerson person) => Contains(person.Left + (person.Width / 2), person.Top + person.Height);

    /// <summary>Whether a point is in the zone; points on its edges may be counted on either side.</summary>
    public bool Contains(double x, double y)
    {
        // Even-odd rule: a ray to the right crosses the outline an odd number of times.
        var inside = false;
        for (int i = 0, j = Corners.Length - 1; i < Corners.Length; j = i++)
        {
            var (a, b) = (Corners[i], Corners[j]);
            if (a.Y > y != b.Y > y && x < ((b.X - a.X) * (y - a.Y) / (b.Y - a.Y)) + a.X)
            {
                inside = !inside;
            }
        }

        return inside;
    }

    private static double Area(IReadOnlyList<(double X, double Y)> corners)
    {
        var twice = 0.0;
        for (int i = 0, j = corners.Count - 1; i < corners.Count; j = i++)
        {
            twice += (corners[j].X * corners[i].Y) - (corners[i].X * corners[j].Y);
        }

        return Math.Abs(twice) / 2;
    }
}

/// <summary>A person has come into a zone, or nobody is in it any more.</summary>
/// <param name="Zone">Its name.</param>
/// <param name="Change">What happened, when, how surely.</param>
/// <param name="Persons">In the zone on the frame that decided: those of the package's threshold or more.</param>
public sealed record ZoneEvent(string Zone, PersonEvent Change, int Persons);
