namespace MLNetPerson.Serving;

/// <summary>
/// Something loaded from disk that any number of threads use while its successor is loaded. A use that has begun keeps what it began with;
/// the last user of the old one frees it.
/// </summary>
internal sealed class Served<T> : IDisposable
    where T : class, IDisposable
{
    /// <summary>A folder that is being replaced is gone between two renames; one that is gone for longer is missing.</summary>
    private static readonly TimeSpan Replacing = TimeSpan.FromMilliseconds(50);

    private readonly Func<T> _load;
    private readonly Func<string> _readStamp;
    private readonly Lock _loading = new();
    private Lease _current;
    private string _stamp;
    private ServedChange _lastChange = ServedChange.None;
    private bool _disposed;

    /// <param name="load">Loads what is on disk now, whole, or throws.</param>
    /// <param name="stamp">Changes whenever what is on disk does; empty where nothing is.</param>
    public Served(Func<T> load, Func<string> stamp)
    {
        _load = load;
        _readStamp = stamp;
        _stamp = stamp();
        _current = new Lease(load());
    }

    /// <summary>What the last look at the disk found.</summary>
    public ServedChange LastChange => Volatile.Read(ref _lastChange);

    public TResult Use<TResult>(Func<T, TResult> use)
    {
        while (true)
        {
            var lease = Volatile.Read(ref _current);
            if (lease.TryTake())
            {
                try
                {
                    return use(lease.Value);
                }
                finally
                {
                    lease.Return();
                }
            }

            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        }
    }

    /// <summary>Takes up what is on disk where it has changed. Nothing that goes wrong there can hurt what answers now.</summary>
    /// <param name="isNews">False of nothing, and of a refusal that the look before has found already.</param>
    public ServedChange Refresh(out bool isNews)
    {
        lock (_loading)
        {
            var change = Look();
            isNews = change.Kind == ServedChangeKind.TakenUp || (change.Kind != ServedChangeKind.None && change != _lastChange);
            Volatile.Write(ref _lastChange, change);
            return change;
        }
    }

    public void Dispose()
    {
        lock (_loading)
        {
            if (!_disposed)
            {
                Volatile.Write(ref _disposed, true);
                _current.Return();
            }
        }
    }

    private ServedChange Look()
    {
        var stamp = _disposed ? _stamp : _readStamp();
        if (stamp.Length == 0)
        {
            Thread.Sleep(Replacing);
            stamp = _readStamp();
        }

        if (stamp == _stamp)
        {
            return ServedChange.None;
        }

        if (stamp.Length == 0)
        {
            return new ServedChange(ServedChangeKind.Missing, "It is not there any more.");
        }

        try
        {
            var next = new Lease(_load());

            // The stamp read before loading: if the disk changed again meanwhile, the next look sees that.
            _stamp = stamp;
            Interlocked.Exchange(ref _current, next).Return();
            return new ServedChange(ServedChangeKind.TakenUp);
        }
        catch (Exception exception)
        {
            // Half written, perhaps: the stamp stays the old one, so that the next look tries again.
            return new ServedChange(ServedChangeKind.Refused, exception.Message);
        }
    }

    /// <summary>A value with a count of who uses it; whoever serves it is one.</summary>
    private sealed class Lease(T value)
    {
        private int _users = 1;

        public T Value => value;

        public bool TryTake()
        {
            for (var users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
            {
                if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
                {
                    return true;
                }
            }

            return false;
        }

        public void Return()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                value.Dispose();
            }
        }
    }
}
