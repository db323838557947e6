using MLNetPerson.Images;

namespace MLNetPerson.Training.Export;

/// <summary>Draws filled shapes; coordinates from 0 to 1 of width and height.</summary>
internal sealed class Canvas(int width, int height)
{
    private readonly byte[] _pixels = new byte[width * height * 3];

    /// <summary>Fills the picture from one colour at the top to another at the bottom.</summary>
    public void Gradient((int R, int G, int B) top, (int R, int G, int B) bottom)
    {
        for (var y = 0; y < height; y++)
        {
            var share = height == 1 ? 0 : y / (height - 1.0);
            var colour = (Mix(top.R, bottom.R, share), Mix(top.G, bottom.G, share), Mix(top.B, bottom.B, share));
            for (var x = 0; x < width; x++)
            {
                Put(x, y, colour);
            }
        }
    }

    /// <summary>Fills an ellipse; what lies outside the picture is cut off.</summary>
    public void Ellipse(double centreX, double centreY, double radiusX, double radiusY, (int R, int G, int B) colour)
    {
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (dx, dy) = ((((x + 0.5) / width) - centreX) / radiusX, (((y + 0.5) / height) - centreY) / radiusY);
                if ((dx * dx) + (dy * dy) <= 1)
                {
                    Put(x, y, colour);
                }
            }
        }
    }

    public RgbImage ToImage() => new(width, height, (byte[])_pixels.Clone());

    private static int Mix(int from, int to, double share) => (int)Math.Round(from + ((to - from) * share));

    private void Put(int x, int y, (int R, int G, int B) colour)
    {
        var at = ((y * width) + x) * 3;
        (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = ((byte)colour.R, (byte)colour.G, (byte)colour.B);
    }
}
