using Microsoft.ML.Data;
using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>From ML.NET's picture in memory to ours.</summary>
internal static class MLImagePixels
{
    private const int Opaque = 255;

    /// <summary>Copies the pixels; what is transparent is laid on white, as everywhere in this product.</summary>
    /// <remarks>The library keeps colours multiplied by their alpha already: colour + white · (1 − alpha).</remarks>
    public static RgbImage ToRgb(MLImage image)
    {
        var (width, height) = (image.Width, image.Height);
        var source = image.Pixels;
        var (red, blue) = image.PixelFormat == MLPixelFormat.Bgra32 ? (2, 0) : (0, 2);
        var pixels = new byte[width * height * 3];
        for (int from = 0, to = 0; to < pixels.Length; from += 4, to += 3)
        {
            var white = Opaque - source[from + 3];
            pixels[to] = (byte)Math.Min(source[from + red] + white, Opaque);
            pixels[to + 1] = (byte)Math.Min(source[from + 1] + white, Opaque);
            pixels[to + 2] = (byte)Math.Min(source[from + blue] + white, Opaque);
        }

        return new RgbImage(width, height, pixels);
    }
}
