using Microsoft.Extensions.Logging;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;

namespace MLNetPerson.MLNet.Serving;

/// <summary>One model of a pool: the engine that answers now, and where the next one would come from.</summary>
internal sealed partial class ServedModel : IDisposable
{
    private readonly string _name;
    private readonly string _path;
    private readonly PersonEngineOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _loading = new();
    private Lease _current;
    private string _stamp;
    private bool _disposed;

    public ServedModel(string name, string path, PersonEngineOptions options, ILogger logger)
    {
        _name = name.Length == 0 ? "default" : name;
        _path = Path.GetFullPath(path);
        _options = options;
        _logger = logger;
        _stamp = ModelFile.Stamp(_path);
        _current = new Lease(PersonPredictionEngine.Load(_path, options));
        Loaded(_name, _path);
    }

    public PersonPrediction Ask(Func<PersonPredictionEngine, PersonPrediction> question)
    {
        while (true)
        {
            var lease = Volatile.Read(ref _current);
            if (lease.TryTake())
            {
                try
                {
                    return question(lease.Engine);
                }
                finally
                {
                    lease.Return();
                }
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
        }
    }

    /// <summary>Takes up the model on disk where it has changed; says whether it did.</summary>
    public bool Refresh()
    {
        lock (_loading)
        {
            var stamp = _disposed ? _stamp : ModelFile.Stamp(_path);
            if (stamp == _stamp || stamp.Length == 0)
            {
                return false;
            }

            try
            {
                var next = new Lease(PersonPredictionEngine.Load(_path, _options));

                // Not the old stamp's business any more, even if the file changed again while it was read: the next look sees that.
                _stamp = stamp;
                var old = Interlocked.Exchange(ref _current, next);
                old.Return();
                Loaded(_name, _path);
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or PackageException or Inference.OnnxModelException)
            {
                // Half written, perhaps: the stamp stays the old one, so that the next look tries again.
                Refused(_name, exception.Message);
                return false;
            }
        }
    }

    public void Dispose()
    {
        lock (_loading)
        {
            if (!_disposed)
            {
                _disposed = true;
                _current.Return();
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Model '{Name}' is loaded from '{Path}'.")]
    private partial void Loaded(string name, string path);

    [LoggerMessage(2, LogLevel.Error, "Model '{Name}' has changed on disk but cannot be loaded; the one before goes on answering. {Reason}")]
    private partial void Refused(string name, string reason);

    /// <summary>An engine with a count of who uses it; the pool itself is one. The last to return it frees it.</summary>
    private sealed class Lease(PersonPredictionEngine engine)
    {
        private int _users = 1;

        public PersonPredictionEngine Engine => engine;

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
                engine.Dispose();
            }
        }
    }
}
