using System.Buffers;
using MLNetPerson.Images;

namespace MLNetPerson.Streaming;

/// <summary>One picture of a stream. Whoever has got it last disposes it, so that its memory serves a later frame.</summary>
public sealed class VideoFrame : IDisposable
{
    private readonly int _length;
    private readonly bool _rented;
    private byte[]? _pixels;

    /// <summary>A frame around memory of the caller's.</summary>
    /// <param name="index">Counts the stream's frames from 0, dropped ones too.</param>
    /// <param name="time">Since the stream began; never less than the frame's before.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="rgb">[height, width, 3] upright sRGB bytes 0–255; must not change before the frame is disposed.</param>
    /// <exception cref="ArgumentException">The length is not height × width × 3.</exception>
    public VideoFrame(long index, TimeSpan time, int width, int height, byte[] rgb)
        : this(index, time, width, height, rgb, rented: false)
    {
        RgbImage.CheckLength(rgb.Length, width, height, nameof(rgb));
    }

    private VideoFrame(long index, TimeSpan time, int width, int height, byte[] pixels, bool rented)
    {
        (Index, Time, Width, Height, _pixels, _rented) = (index, time, width, height, pixels, rented);
        _length = width * height * 3;
    }

    /// <summary>Counts the stream's frames from 0, dropped ones too.</summary>
    public long Index { get; }

    /// <summary>Since the stream began.</summary>
    public TimeSpan Time { get; }

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>[height, width, 3] upright sRGB bytes 0–255.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed: its memory may be another frame's by now.</exception>
    public ReadOnlyMemory<byte> Rgb => (_pixels ?? throw new ObjectDisposedException(nameof(VideoFrame))).AsMemory(0, _length);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels && _rented)
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    /// <summary>A frame in memory that was rented from the shared pool, and goes back there.</summary>
    internal static VideoFrame Rented(long index, TimeSpan time, int width, int height, byte[] pixels) =>
        new(index, time, width, height, pixels, rented: true);
}
