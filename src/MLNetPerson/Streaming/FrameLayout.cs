namespace MLNetPerson.Streaming;

/// <summary>
/// Raw frames say nothing of their size and pixel format, and wrong ones give answers without a meaning. Neighbours in a picture are alike,
/// so bytes
/// that are a pixel or a row apart tell how far that is.
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
        : start.Length > 16 && Images.ImageSniffer.Sniff(start, out _) is { } picture && picture != Images.ImageFormat.Bmp
            ? $"a {picture.ToString().ToUpperInvariant()} picture"
        : null;

    /// <summary>Why a frame looks as if it were laid out otherwise, or null.</summary>
    /// <param name="bytes">[height, width, 3], as was said.</param>
    /// <param name="width">Pixels, as was said.</param>
    /// <param name="height">Pixels, as was said.</param>
    public static string? Doubt(ReadOnlySpan<byte> bytes, int width, int height)
    {
        var pixel = Difference(bytes, 3);
        if (width < 16 || height < 16 || pixel < Flat)
        {
            return null;
        }

        if (Difference(bytes, 4) < Better * pixel && Difference(bytes, 4) < Better * Difference(bytes, 1))
        {
            return "it fits four bytes a pixel better (rgba or yuyv422)";
        }

        double[] steps = [Difference(bytes, 1, 3), Difference(bytes[1..], 1, 3), Difference(bytes[2..], 1, 3)];
        if (steps.Average() < Better * pixel && steps.Max() < SameSteps * steps.Min())
        {
            return "it fits one byte a pixel better (gray, or the brightness plane of yuv420p, which ffmpeg writes unless told otherwise)";
        }

        var row = Difference(bytes, width * 3);
        var (bestWidth, best) = (0, Better * row);
        foreach (var other in Widths.Append(height).Where(other => other != width))
        {
            var difference = other * 3 < bytes.Length / 2 ? Difference(bytes, other * 3) : double.MaxValue;
            (bestWidth, best) = difference < best ? (other, difference) : (bestWidth, best);
        }

        return bestWidth > 0 && row >= Flat ? $"it fits a width of {bestWidth} pixels better" : null;
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
