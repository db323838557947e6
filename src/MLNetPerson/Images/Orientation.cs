namespace MLNetPerson.Images;

/// <summary>Turns stored pixels upright by EXIF's eight orientations (TIFF 6.0, tag 274).</summary>
internal static class Orientation
{
    /// <summary>Whether width and height change places.</summary>
    public static bool IsSideways(int orientation) => orientation is >= 5 and <= 8;

    /// <summary>Copies a picture, turned.</summary>
    /// <param name="stored">[height, width, 3] as stored.</param>
    /// <param name="width">Of the stored picture.</param>
    /// <param name="height">Of the stored picture.</param>
    /// <param name="orientation">1 to 8; all else counts as 1.</param>
    /// <param name="upright">Receives [height, width, 3], or [width, height, 3] where the picture lies on its side.</param>
    public static void Apply(ReadOnlySpan<byte> stored, int width, int height, int orientation, Span<byte> upright)
    {
        if (orientation is < 2 or > 8)
        {
            stored[..upright.Length].CopyTo(upright);
            return;
        }

        var uprightWidth = IsSideways(orientation) ? height : width;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (ux, uy) = orientation switch
                {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (height - 1 - y, x),
                    7 => (height - 1 - y, width - 1 - x),
                    _ => (y, width - 1 - x),
                };
                stored.Slice(((y * width) + x) * 3, 3).CopyTo(upright[(((uy * uprightWidth) + ux) * 3)..]);
            }
        }
    }
}
