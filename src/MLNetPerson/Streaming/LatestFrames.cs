using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MLNetPerson.Streaming;

/// <summary>Reads frames as they come and hands out the newest: one in work, one waiting, one being read, however slow the
/// reader.</summary>
internal sealed class LatestFrames(IAsyncEnumerable<VideoFrame> frames)
{
    private long _dropped;

    public long Dropped => Interlocked.Read(ref _dropped);

    public async IAsyncEnumerable<VideoFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var waiting = Channel.CreateBounded<VideoFrame>(
            new BoundedChannelOptions(1)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
                SingleReader = true,
                SingleWriter = true,
            },
            Drop
        );
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = Task.Run(() => FillAsync(waiting.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var frame in waiting.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                yield return frame;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    /// <summary>Errors of the source go to the reader, after the last whole frame.</summary>
    private async Task FillAsync(ChannelWriter<VideoFrame> waiting, CancellationToken cancellation)
    {
        try
        {
            await foreach (var frame in frames.WithCancellation(cancellation).ConfigureAwait(false))
            {
                await waiting.WriteAsync(frame, cancellation).ConfigureAwait(false);
            }

            waiting.Complete();
        }
        catch (Exception exception)
        {
            waiting.Complete(exception);
        }
    }

    private void Drop(VideoFrame frame)
    {
        Interlocked.Increment(ref _dropped);
        frame.Dispose();
    }
}
