namespace MLNetPerson.Images;

/// <summary>Rows of decoded bytes to rows of RGB: grey is tripled, transparency goes onto white.</summary>
internal static class RgbRows
{
    private const int White = 255;

    /// <summary>Converts pixels.</summary>
    /// <param name="source">[pixels, channels] bytes: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</param>
    /// <param name="channels">Range [1, 4].</param>
    /// <param name="rgb">[pixels, 3].</param>
    public static void Convert(ReadOnlySpan<byte> source, int channels, Span<byte> rgb)
    {
        if (channels == 3)
        {
            source.CopyTo(rgb);
            return;
        }

        var pixels = source.Length / channels;
        for (var i = 0; i < pixels; i++)
        {
            var pixel = source.Slice(i * channels, channels);
            var alpha = channels is 2 or 4 ? pixel[^1] : White;
            var colour = channels >= 3;
            for (var c = 0; c < 3; c++)
            {
                // Rounded to nearest.
                rgb[(i * 3) + c] = (byte)(((pixel[colour ? c : 0] * alpha) + (White * (White - alpha)) + (White / 2)) / White);
            }
        }
    }
}
