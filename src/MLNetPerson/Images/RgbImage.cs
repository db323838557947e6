namespace MLNetPerson.Images;

/// <summary>A decoded, upright picture: [height, width, 3] interleaved sRGB bytes 0–255.</summary>
public sealed class RgbImage
{
    /// <summary>Takes over <paramref name="pixels"/> without copying.</summary>
    /// <exception cref="ArgumentException">The length is not height × width × 3.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        CheckLength(pixels.Length, width, height, nameof(pixels));
        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>[height, width, 3], red first.</summary>
    public byte[] Pixels { get; }

    /// <summary>Refuses bytes that are not a picture of that size.</summary>
    /// <exception cref="ArgumentException">The length is not height × width × 3.</exception>
    internal static void CheckLength(int length, int width, int height, string parameter)
    {
        if (width < 1 || height < 1 || (long)width * height * 3 != length)
        {
            throw new ArgumentException($"{length} bytes are not {width} x {height} pixels of 3 bytes.", parameter);
        }
    }
}
