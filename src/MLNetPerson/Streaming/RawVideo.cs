using System.Buffers;
using System.Runtime.CompilerServices;
using MLNetPerson.Images;

namespace MLNetPerson.Streaming;

/// <summary>
/// Frames without headers, one after another: what <c>ffmpeg … -f rawvideo -pix_fmt rgb24 -</c> and most camera tools write. One frame's
/// bytes are read at a time, into memory that earlier frames gave back.
/// </summary>
public sealed class RawVideo
{
    /// <summary>Frames that must be seen clearly before the layout is believed.</summary>
    private const int ClearFrames = 3;

    /// <summary>Until so many frames every one is looked at, later every <see cref="LaterFrames"/>th: a camera in the dark is not looked at
    /// for ever at full cost.</summary>
    private const int FirstFrames = 64;
    private const int LaterFrames = 16;

    private readonly Stream _stream;
    private readonly RawVideoOptions _options;

    /// <summary>Frames of a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">The options have a fault.</exception>
    public RawVideo(Stream stream, RawVideoOptions options)
    {
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException($"{fault}.", nameof(options));
        }

        (_stream, _options) = (stream, options);
    }

    private int _clear;

    /// <summary>Why frames look as if they had another size, stride or pixel format than was said, or null. Frames are judged until some
    /// were
    /// seen clearly: black ones, as a camera gives while it starts, and noise tell nothing.</summary>
    public string? Doubt { get; private set; }

    /// <summary>The frames, each to be disposed by whoever takes it.</summary>
    /// <exception cref="StreamException">There is no frame at all, the stream ends within one, or it is a file of some format rather than
    /// raw frames.</exception>
    public async IAsyncEnumerable<VideoFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var start = _options.Clock.GetTimestamp();
        for (var index = 0L; ; index++)
        {
            var pixels = ArrayPool<byte>.Shared.Rent(_options.FrameBytes);

            // A read of stdin cannot be cancelled: it is left behind, with its memory.
            var read = await Task.Run(() => Fill(pixels), cancellation).WaitAsync(cancellation).ConfigureAwait(false);
            if (index == 0)
            {
                CheckStart(pixels.AsSpan(0, read));
            }

            if (read < _options.FrameBytes)
            {
                ArrayPool<byte>.Shared.Return(pixels);
                CheckEnd(index, read);
                yield break;
            }

            Judge(index, pixels.AsSpan(0, read));
            pixels = ToRgb(pixels);
            var time = _options.FramesPerSecond is { } rate ? TimeSpan.FromSeconds(index / rate) : _options.Clock.GetElapsedTime(start);
            yield return VideoFrame.Rented(index, time, _options.Width, _options.Height, pixels);
        }
    }

    private int Fill(byte[] pixels)
    {
        try
        {
            return _stream.ReadAtLeast(pixels.AsSpan(0, _options.FrameBytes), _options.FrameBytes, throwOnEndOfStream: false);
        }
        catch (IOException exception)
        {
            throw new StreamException($"'{_options.Name}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The frame itself where it is rgb24 without padding, else another one; the old one's memory goes back.</summary>
    private byte[] ToRgb(byte[] pixels)
    {
        var layout = _options.Layout;
        if (layout.Format == PixelFormat.Rgb24 && layout.RowStride == layout.RowBytes)
        {
            return pixels;
        }

        var length = layout.Width * layout.Height * 3;
        var rgb = ArrayPool<byte>.Shared.Rent(length);
        PixelConverter.ToRgb(pixels.AsSpan(0, _options.FrameBytes), layout, rgb.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(pixels);
        return rgb;
    }

    private void CheckStart(ReadOnlySpan<byte> start)
    {
        if (FrameLayout.FileFormat(start) is { } format)
        {
            throw new StreamException(
                $"'{_options.Name}' begins like {format}, raw frames are read here. Let a decoder write them: {Command("FILE")}."
            );
        }
    }

    private void Judge(long index, ReadOnlySpan<byte> frame)
    {
        if (Doubt is not null || _clear >= ClearFrames || (index >= FirstFrames && index % LaterFrames != 0))
        {
            return;
        }

        var (isClear, doubt) = FrameLayout.Judge(frame, _options.Layout);
        _clear += isClear ? 1 : 0;
        Doubt = doubt is null
            ? null
            : $"Frame {index + 1} of '{_options.Name}' does not look like {_options.Width} x {_options.Height} pixels of {Format}: "
                + $"{doubt}. Answers on frames that are read wrongly mean nothing.";
    }

    private void CheckEnd(long index, int read)
    {
        if (read > 0)
        {
            throw new StreamException(
                $"'{_options.Name}' ended within frame {index + 1}, after {read:N0} of its {_options.FrameBytes:N0} bytes ({_options.Width}"
                    + $" x {_options.Height} pixels of {Format} in rows of {_options.Layout.RowStride}). "
                    + $"Either its writer was stopped, or its frames have another size or pixel format: {Command("FILE")} makes the right "
                    + $"ones."
            );
        }

        if (index == 0)
        {
            throw new StreamException(
                $"'{_options.Name}' ended without a frame. See what its writer says; {Command("FILE")} makes frames."
            );
        }
    }

    private string Format => FrameLayout.NameOf(_options.PixelFormat);

    private string Command(string file) => $"ffmpeg -i {file} -f rawvideo -pix_fmt {Format} -s {_options.Width}x{_options.Height} -";
}
