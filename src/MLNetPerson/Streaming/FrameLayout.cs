using MLNetPerson.Images;

namespace MLNetPerson.Streaming;

/// <summary>
/// Raw frames say nothing of their size and pixel format, and wrong ones give answers without a meaning. Neighbours in a picture are alike,
/// so bytes that are a pixel or a row apart tell how far that is.
/// </summary>
internal static class FrameLayout
{
    /// <summary>Mean differences below this, in levels of 255, are those of a flat picture, which tells nothing.</summary>
    private const double Flat = 1;

    /// <summary>Other than the said distance must fit by so much better. The vertical neighbour is 1.3 to 2 times as alike as the next but
    /// one in photographs.</summary>
    private const double Better = 0.8;

    /// <summary>In rgb24 every third step leads to another pixel, in a plane every step does: by how much steps may differ in a
    /// plane.</summary>
    private const double SameSteps = 1.25;

    private const int Samples = 100_000;

    /// <summary>What cameras, video encoders and GPUs pad rows to, in bytes.</summary>
    private static readonly int[] Paddings = [4, 8, 16, 32, 64, 128, 256, 512, 1024];

    /// <summary>Widths of common video, in pixels.</summary>
    private static readonly int[] Widths =
    [
        160,
        176,
        240,
        320,
        352,
        384,
        400,
        424,
        480,
        512,
        600,
        640,
        704,
        720,
        768,
        800,
        848,
        854,
        960,
        1024,
        1080,
        1152,
        1280,
        1296,
        1440,
        1600,
        1640,
        1920,
        2048,
        2304,
        2560,
        2592,
        3280,
        3840,
        4056,
    ];

    /// <summary>The format of a file that begins so, or null for what may be raw frames.</summary>
    public static string? FileFormat(ReadOnlySpan<byte> start) =>
        start.StartsWith("RIFF"u8) && start.Length > 12 && start[8..].StartsWith("AVI "u8) ? "an AVI file"
        : start.StartsWith("YUV4MPEG2"u8) ? "a YUV4MPEG2 stream"
        : start.Length > 12 && start[4..].StartsWith("ftyp"u8) ? "an MP4 file"
        : start.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]) ? "a Matroska or WebM file"
        : start.Length > 376 && start[0] == 0x47 && start[188] == 0x47 && start[376] == 0x47 ? "an MPEG transport stream"
        : start.Length > 16 && ImageSniffer.Sniff(start, out _) is { } picture && picture != ImageFormat.Bmp
            ? $"a {picture.ToString().ToUpperInvariant()} picture"
        : null;

    /// <summary>ffmpeg's name of a pixel format.</summary>
    public static string NameOf(PixelFormat format) =>
        format switch
        {
            PixelFormat.Bgra32 => "bgra",
            PixelFormat.I420 => "yuv420p",
            PixelFormat.Yuyv => "yuyv422",
            _ => format.ToString().ToLowerInvariant(),
        };

    /// <summary>Whether a frame shows enough to tell its layout, and why it looks as if it were laid out otherwise, or null.</summary>
    /// <param name="bytes">A frame, as was said.</param>
    /// <param name="layout">As was said.</param>
    public static (bool IsClear, string? Doubt) Judge(ReadOnlySpan<byte> bytes, PixelLayout layout)
    {
        var isPlanar = layout.Format is PixelFormat.Nv12 or PixelFormat.I420;
        var plane = isPlanar ? bytes[..(layout.RowStride * layout.Height)] : bytes;
        var pixelBytes = isPlanar
            ? 1
            : layout.Format switch
            {
                PixelFormat.Yuyv => 2,
                PixelFormat.Bgra32 => 4,
                _ => 3,
            };
        var pixel = Difference(plane, pixelBytes);
        if (layout.Width < 16 || layout.Height < 16 || pixel < Flat)
        {
            return (false, null);
        }

        if (PixelDoubt(bytes, layout.Format, pixel) is { } format)
        {
            return (true, format);
        }

        var row = Difference(plane, layout.RowStride);
        var (bestStride, bestWidth, best) = BestRow(plane, layout, pixelBytes, Better * row);

        // Bytes far apart are not alike in a picture, and as alike as neighbours in noise.
        var far = Difference(plane, (plane.Length / 2 / pixelBytes * pixelBytes) + (37 * pixelBytes));
        return row < Flat || Math.Min(row, best) >= Better * far ? (false, null)
            : bestStride == 0 ? (true, null)
            : bestWidth == layout.Width
                ? (
                    true,
                    $"it fits rows of {bestStride} bytes better, {bestStride - layout.RowBytes} more than {layout.Width} pixels take, as "
                        + $"libcamera pads them (--stride {bestStride}; {nameof(RawVideoOptions)}.{nameof(RawVideoOptions.Stride)})"
                )
            : (true, $"it fits a width of {bestWidth} pixels better");
    }

    /// <summary>Another number of bytes a pixel that fits better, or null.</summary>
    private static string? PixelDoubt(ReadOnlySpan<byte> bytes, PixelFormat format, double pixel)
    {
        var single = Difference(bytes, 1);
        if (format is PixelFormat.Nv12 or PixelFormat.I420)
        {
            return Fits(bytes, 3, pixel, single) ? "it fits three bytes a pixel better (rgb24 or bgr24)"
                : Fits(bytes, 4, pixel, single) ? "it fits four bytes a pixel better (bgra or yuyv422)"
                : null;
        }

        if (format == PixelFormat.Bgra32)
        {
            return Fits(bytes, 3, pixel, single) ? "it fits three bytes a pixel better (rgb24 or bgr24)" : null;
        }

        if (format != PixelFormat.Yuyv && Fits(bytes, 4, pixel, single))
        {
            return "it fits four bytes a pixel better (bgra, rgba or yuyv422)";
        }

        var step = format == PixelFormat.Yuyv ? 2 : 3;
        Span<double> steps = stackalloc double[step];
        for (var i = 0; i < step; i++)
        {
            steps[i] = Difference(bytes[i..], 1, step);
        }

        var (least, most, sum) = (double.MaxValue, 0.0, 0.0);
        foreach (var difference in steps)
        {
            (least, most, sum) = (Math.Min(least, difference), Math.Max(most, difference), sum + difference);
        }

        return sum / step < Better * pixel && most < SameSteps * least
            ? "it fits one byte a pixel better (gray, or the brightness plane of yuv420p or nv12)"
            : null;
    }

    private static bool Fits(ReadOnlySpan<byte> bytes, int distance, double pixel, double single)
    {
        var difference = Difference(bytes, distance);
        return difference < Better * pixel && difference < Better * single;
    }

    /// <summary>The row length that fits best: a common width, or the said one with rows padded to a power of two.</summary>
    /// <returns>Bytes and pixels; 0 where none is below <paramref name="best"/>.</returns>
    private static (int Stride, int Width, double Difference) BestRow(
        ReadOnlySpan<byte> plane,
        PixelLayout layout,
        int pixelBytes,
        double best
    )
    {
        var (stride, width) = (0, 0);
        foreach (var padding in Paddings)
        {
            Try(plane, (layout.RowBytes + padding - 1) / padding * padding, layout.Width);
        }

        foreach (var other in Widths)
        {
            Try(plane, other * pixelBytes, other);
        }

        Try(plane, layout.Height * pixelBytes, layout.Height);
        return (stride, width, best);

        void Try(ReadOnlySpan<byte> bytes, int candidate, int pixels)
        {
            if (candidate == layout.RowStride || candidate >= bytes.Length / 2)
            {
                return;
            }

            var difference = Difference(bytes, candidate);
            (stride, width, best) = difference < best ? (candidate, pixels, difference) : (stride, width, best);
        }
    }

    /// <summary>Mean difference, in levels, of bytes that are so far apart, at positions spread over the whole frame.</summary>
    /// <param name="bytes">A frame, or its end.</param>
    /// <param name="distance">Bytes.</param>
    /// <param name="every">Looks at positions that are multiples of this only.</param>
    private static double Difference(ReadOnlySpan<byte> bytes, int distance, int every = 1)
    {
        // An odd stride visits all channels of all columns.
        var stride = Math.Max(every, (bytes.Length / Samples / every * every) + (every == 1 ? 1 - (bytes.Length / Samples % 2) : 0));
        long sum = 0,
            count = 0;
        for (var i = 0; i + distance < bytes.Length; i += stride, count++)
        {
            sum += Math.Abs(bytes[i] - bytes[i + distance]);
        }

        return count == 0 ? 0 : (double)sum / count;
    }
}
