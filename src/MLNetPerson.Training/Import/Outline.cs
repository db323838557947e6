namespace MLNetPerson.Training.Import;

/// <summary>Enclosing boxes of outlines, in pixels.</summary>
internal static class Outline
{
    /// <summary>Of points.</summary>
    public static PersonBox Of(IReadOnlyCollection<(double X, double Y)> points)
    {
        var (left, top) = (points.Min(point => point.X), points.Min(point => point.Y));
        return new PersonBox(left, top, points.Max(point => point.X) - left, points.Max(point => point.Y) - top);
    }

    /// <summary>Of a rectangle that is turned clockwise around a point.</summary>
    /// <param name="box">Before it is turned.</param>
    /// <param name="degrees">Clockwise, as y grows downwards.</param>
    /// <param name="centre">What it is turned around.</param>
    public static PersonBox Turned(PersonBox box, double degrees, (double X, double Y) centre)
    {
        if (degrees == 0)
        {
            return box;
        }

        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        return Of([
            .. new[]
            {
                (X: box.Left, Y: box.Top),
                (X: box.Left + box.Width, Y: box.Top),
                (X: box.Left, Y: box.Top + box.Height),
                (X: box.Left + box.Width, Y: box.Top + box.Height),
            }.Select(corner =>
                (
                    centre.X + ((corner.X - centre.X) * cos) - ((corner.Y - centre.Y) * sin),
                    centre.Y + ((corner.X - centre.X) * sin) + ((corner.Y - centre.Y) * cos)
                )
            ),
        ]);
    }

    /// <summary>Of an ellipse that is turned clockwise around its centre: half extents √(a²cos² + b²sin²) and √(a²sin² + b²cos²).</summary>
    public static PersonBox Ellipse(double x, double y, double radiusX, double radiusY, double degrees)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var (width, height) = (Hypotenuse(radiusX * cos, radiusY * sin), Hypotenuse(radiusX * sin, radiusY * cos));
        return new PersonBox(x - width, y - height, 2 * width, 2 * height);
    }

    private static double Hypotenuse(double a, double b) => Math.Sqrt((a * a) + (b * b));
}
