using MLNetPerson.Images;

namespace MLNetPerson.Streaming;

/// <summary>What a stream of raw frames is made of: nothing in it says so itself.</summary>
public sealed record RawVideoOptions
{
    /// <summary>The largest side of a frame, in pixels: as much as JPEG and most codecs can say.</summary>
    public const int LargestSide = 16_384;

    /// <summary>Pixels from left to right. Range [1, 16384].</summary>
    public required int Width { get; init; }

    /// <summary>Pixels from top to bottom. Range [1, 16384].</summary>
    public required int Height { get; init; }

    /// <summary>What the bytes of a frame are.</summary>
    public PixelFormat PixelFormat { get; init; } = PixelFormat.Rgb24;

    /// <summary>Bytes from one row to the next, see <see cref="PixelLayout.Stride"/>; 0 for rows without padding. libcamera pads rows to
    /// multiples of 32 or 64 bytes.</summary>
    public int Stride { get; init; }

    /// <summary>Of a recording: a frame's time is its index divided by this. Range (0, 10000]. Null for a live stream: a frame's time is
    /// when it came.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>The clock of a live stream.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What to call the stream in an error.</summary>
    public string Name { get; init; } = "stdin";

    /// <summary>Where a frame's pixels lie.</summary>
    public PixelLayout Layout => new(PixelFormat, Width, Height, Stride);

    /// <summary>Bytes of one frame, padding included.</summary>
    public int FrameBytes => Layout.ByteCount;

    /// <summary>What is wrong with the values, or null.</summary>
    public string? Fault() =>
        Width is < 1 or > LargestSide || Height is < 1 or > LargestSide
            ? $"frames of {Width} x {Height} pixels: a side is 1 to {LargestSide}"
        : Layout.Fault() is { } fault ? fault
        : FramesPerSecond is not (null or (> 0 and <= 10_000)) ? $"{FramesPerSecond} frames per second: the range is above 0 to 10000"
        : null;
}
