using System.Buffers;
using System.Runtime.CompilerServices;

namespace MLNetPerson.Streaming;

/// <summary>
/// Frames without headers, one after another: what <c>ffmpeg … -f rawvideo -pix_fmt rgb24 -</c> and most camera tools write. One frame's
/// bytes are
/// read at a time, into memory that earlier frames gave back.
/// </summary>
public sealed class RawVideo
{
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

    /// <summary>Why the first frame looks as if it had another size or pixel format than was said, or null. Known once a frame has been
    /// read.</summary>
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
                Inspect(pixels.AsSpan(0, read));
            }

            if (read < _options.FrameBytes)
            {
                ArrayPool<byte>.Shared.Return(pixels);
                CheckEnd(index, read);
                yield break;
            }

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

    private void Inspect(ReadOnlySpan<byte> start)
    {
        if (FrameLayout.FileFormat(start) is { } format)
        {
            throw new StreamException(
                $"'{_options.Name}' begins like {format}, raw frames are read here. Let a decoder write them: {Command("FILE")}."
            );
        }

        if (start.Length == _options.FrameBytes)
        {
            Doubt = FrameLayout.Doubt(start, _options.Width, _options.Height) is { } doubt
                ? $"The first frame of '{_options.Name}' does not look like {_options.Width} x {_options.Height} pixels of rgb24: {doubt}. "
                    + $"Answers on frames that are read wrongly mean nothing."
                : null;
        }
    }

    private void CheckEnd(long index, int read)
    {
        if (read > 0)
        {
            throw new StreamException(
                $"'{_options.Name}' ended within frame {index + 1}, after {read:N0} of its {_options.FrameBytes:N0} bytes ({_options.Width}"
                    + $" x {_options.Height} pixels of 3). "
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

    private string Command(string file) => $"ffmpeg -i {file} -f rawvideo -pix_fmt rgb24 -s {_options.Width}x{_options.Height} -";
}
