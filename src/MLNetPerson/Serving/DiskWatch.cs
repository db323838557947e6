namespace MLNetPerson.Serving;

/// <summary>
/// Looks at the disk every so often. A look is a question or two to the file system, and works on network drives and in containers, where
/// notifications often do not.
/// </summary>
internal sealed class DiskWatch : IDisposable
{
    private readonly Action _look;
    private readonly Timer? _timer;
    private int _looking;

    /// <param name="look">Must not throw: nobody would hear of it.</param>
    /// <param name="interval">Zero for never.</param>
    public DiskWatch(Action look, TimeSpan interval)
    {
        _look = look;
        _timer = interval > TimeSpan.Zero ? new Timer(_ => Look(), null, interval, interval) : null;
    }

    /// <summary>Ends the watch, and waits for a look that is under way.</summary>
    public void Dispose()
    {
        if (_timer is not null)
        {
            using var ended = new ManualResetEvent(false);
            if (_timer.Dispose(ended))
            {
                ended.WaitOne();
            }
        }
    }

    private void Look()
    {
        // Loading may take longer than the interval; the next look waits for its turn instead of queueing up.
        if (Interlocked.Exchange(ref _looking, 1) != 0)
        {
            return;
        }

        try
        {
            _look();
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }
}
