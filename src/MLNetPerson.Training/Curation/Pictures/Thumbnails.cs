using MLNetPerson.Images;

namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>Small grey squares that pictures are compared by.</summary>
internal static class Thumbnails
{
    /// <summary>Side in pixels: large enough for what is in a picture, small enough that compression leaves no trace.</summary>
    public const int Side = 32;

    /// <summary>The whole picture, squashed to a square.</summary>
    /// <param name="rgb">[height, width, 3].</param>
    /// <param name="spec">Its size.</param>
    public static byte[] Shrink(ReadOnlySpan<byte> rgb, ImageSpec spec)
    {
        var square = new ImageSpec(Side, Side);
        var small = new byte[square.ByteCount];
        ImageReader.Resize(rgb, spec.Width, spec.Height, square, small);
        return GreyPixels.Of(small);
    }

    /// <summary>Left for right.</summary>
    public static float[] Mirror(ReadOnlySpan<float> pixels)
    {
        var mirrored = new float[pixels.Length];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                mirrored[(y * Side) + x] = pixels[(y * Side) + Side - 1 - x];
            }
        }

        return mirrored;
    }
}
