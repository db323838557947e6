namespace MLNetPerson.Images;

/// <summary>Brings camera frames of any <see cref="PixelLayout"/> to RGB rows.</summary>
/// <remarks>
/// YUV values are BT.601 with limited range (brightness 16 to 235, differences 16 to 240), which is what cameras and ffmpeg mean unless
/// they say otherwise. Whole-number coefficients: Microsoft, "Recommended 8-Bit YUV Formats for Video Rendering", section "Converting 8-bit
/// YUV to
/// RGB888"; they are the standard's 1.164, 1.596, 0.391, 0.813 and 2.018 times 256. A difference counts for both pixels, or all four, that
/// share it.
/// </remarks>
public static class PixelConverter
{
    /// <summary>Converts a frame.</summary>
    /// <param name="pixels">A frame of <paramref name="layout"/>; the last row of a packed format may lack its padding.</param>
    /// <param name="layout">Where its pixels lie.</param>
    /// <param name="rgb">[height, width, 3] sRGB bytes 0–255.</param>
    /// <exception cref="ArgumentException">The layout has a fault, or a length disagrees with it.</exception>
    public static void ToRgb(ReadOnlySpan<byte> pixels, PixelLayout layout, Span<byte> rgb)
    {
        Check(pixels.Length, layout, nameof(pixels));
        if ((long)layout.Width * layout.Height * 3 != rgb.Length)
        {
            throw new ArgumentException($"{rgb.Length} bytes are not {layout.Width} x {layout.Height} pixels of 3 bytes.", nameof(rgb));
        }

        for (var y = 0; y < layout.Height; y++)
        {
            var row = pixels.Slice(y * layout.RowStride, layout.RowBytes);
            var to = rgb.Slice(y * layout.Width * 3, layout.Width * 3);
            switch (layout.Format)
            {
                case PixelFormat.Rgb24:
                    row.CopyTo(to);
                    break;
                case PixelFormat.Bgr24:
                    Reversed(row, 3, to);
                    break;
                case PixelFormat.Bgra32:
                    Reversed(row, 4, to);
                    break;
                case PixelFormat.Yuyv:
                    Yuv(row, 2, row[1..], row[3..], 4, to);
                    break;
                case PixelFormat.Nv12:
                    var both = pixels[(layout.RowStride * (layout.Height + (y / 2)))..];
                    Yuv(row, 1, both, both[1..], 2, to);
                    break;
                default:
                    var blue = (layout.RowStride * layout.Height) + (layout.ChromaStride * (y / 2));
                    Yuv(row, 1, pixels[blue..], pixels[(blue + (layout.ChromaStride * layout.ChromaHeight))..], 1, to);
                    break;
            }
        }
    }

    /// <summary>Refuses a buffer that is not one frame.</summary>
    /// <exception cref="ArgumentException">The layout has a fault, or the length disagrees with it.</exception>
    internal static void Check(int length, PixelLayout layout, string parameter)
    {
        if (layout.Fault() is { } fault)
        {
            throw new ArgumentException($"{fault}.", nameof(layout));
        }

        var isPlanar = layout.Format is PixelFormat.Nv12 or PixelFormat.I420;
        var least = isPlanar ? layout.ByteCount : (layout.RowStride * (layout.Height - 1)) + layout.RowBytes;
        if (length < least || length > layout.ByteCount)
        {
            throw new ArgumentException(
                $"{length} bytes are not {layout.Width} x {layout.Height} pixels of {layout.Format.ToString().ToLowerInvariant()} in "
                    + $"rows of {layout.RowStride} bytes, which take {layout.ByteCount}.",
                parameter
            );
        }
    }

    private static void Reversed(ReadOnlySpan<byte> row, int bytes, Span<byte> rgb)
    {
        for (int from = 0, to = 0; to < rgb.Length; from += bytes, to += 3)
        {
            (rgb[to], rgb[to + 1], rgb[to + 2]) = (row[from + 2], row[from + 1], row[from]);
        }
    }

    /// <param name="luma">Brightness of the row's pixels.</param>
    /// <param name="lumaStep">Bytes from one pixel's to the next.</param>
    /// <param name="blue">Blue differences, one for two pixels.</param>
    /// <param name="red">Red differences, one for two pixels.</param>
    /// <param name="chromaStep">Bytes from one difference to the next.</param>
    /// <param name="rgb">[width, 3].</param>
    private static void Yuv(
        ReadOnlySpan<byte> luma,
        int lumaStep,
        ReadOnlySpan<byte> blue,
        ReadOnlySpan<byte> red,
        int chromaStep,
        Span<byte> rgb
    )
    {
        for (int x = 0, to = 0; to < rgb.Length; x++, to += 3)
        {
            var c = (298 * (luma[x * lumaStep] - 16)) + 128;
            var d = blue[x / 2 * chromaStep] - 128;
            var e = red[x / 2 * chromaStep] - 128;
            rgb[to] = Clamped((c + (409 * e)) >> 8);
            rgb[to + 1] = Clamped((c - (100 * d) - (208 * e)) >> 8);
            rgb[to + 2] = Clamped((c + (516 * d)) >> 8);
        }
    }

    private static byte Clamped(int value) => (byte)Math.Clamp(value, 0, 255);
}
