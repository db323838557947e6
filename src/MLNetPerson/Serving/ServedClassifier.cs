using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson.Serving;

/// <summary>
/// One package, served to any number of callers: their questions wait in one queue for as many workers as there are cores, share runs of
/// the model where that is faster, and are refused at once when too many wait. Another package in the same folder is taken up while it
/// works: questions under way are answered by the package that they began with, and one that cannot be loaded leaves the old one in place.
/// </summary>
public sealed class ServedClassifier : IPersonClassifier, IDisposable, IAsyncDisposable
{
    /// <summary>The name of its meter: predictions, rejects, durations, the queue's length, sizes of batches, changes of package.</summary>
    public const string MeterName = "MLNetPerson";

    private readonly ServingOptions _options;
    private readonly ImageReader _reader;
    private readonly Served<LoadedPackage> _served;
    private readonly ServingMetrics _metrics;
    private readonly BlockingCollection<Question> _queue;
    private readonly List<Worker> _workers;
    private readonly DiskWatch _watch;
    private readonly ReadBudget _budget;
    private int _disposed;

    /// <summary>Loads the package and starts the workers.</summary>
    /// <param name="options">Which package, and how; read once.</param>
    /// <param name="meters">Where metrics go; a meter of its own where null.</param>
    /// <param name="name">Tells several apart in metrics.</param>
    /// <exception cref="ArgumentException">The options have faults; all are in the message.</exception>
    /// <exception cref="PackageException">Not a package, or not the one that was exported; the message says what differs.</exception>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take the model.</exception>
    public ServedClassifier(ServingOptions options, IMeterFactory? meters = null, string name = "")
    {
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException($"{nameof(ServingOptions)}: {fault}.", nameof(options));
        }

        _options = options;
        _reader = new ImageReader(options.Limits);
        var workers = options.Workers == 0 ? Environment.ProcessorCount : options.Workers;
        var plans = new BatchPlans(options, workers);
        _served = new Served<LoadedPackage>(() => LoadedPackage.Load(options, plans), () => ModelPackage.Stamp(options.Package));
        _queue = new BlockingCollection<Question>(options.QueueLimit);
        _metrics = new ServingMetrics(meters, name, () => _queue.Count);
        _workers = [.. Enumerable.Range(1, workers).Select(number => new Worker(_queue, _served, _metrics, options.MaxBatchDelay, number))];
        _budget = new ReadBudget(options.MaxReads, options.MaxBytesHeld);
        _watch = new DiskWatch(() => Refresh(), options.WatchInterval);
    }

    /// <summary>Raised when another package was found in the folder, was refused there, or the folder has lost its package; once for
    /// each.</summary>
    public event EventHandler<ServedChange>? Changed;

    /// <summary>How things stand.</summary>
    public ServingStatus Status =>
        _served.Use(package => new ServingStatus(
            package.Classifier.Package.Manifest.Name,
            package.Classifier.Package.Folder,
            package.Stamp,
            package.Classifier.Choice,
            package.Batch,
            _queue.Count,
            _served.LastChange
        ));

    /// <inheritdoc/>
    /// <exception cref="PersonBusyException">As many questions wait as may.</exception>
    public Task<PersonPrediction> PredictAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellation = default) =>
        Ask(picture, "picture", null, cancellation);

    /// <inheritdoc/>
    /// <exception cref="PersonBusyException">As many questions wait as may.</exception>
    public async Task<PersonPrediction> PredictAsync(string path, CancellationToken cancellation = default)
    {
        var picture = await Read(() => Task.Run(() => _reader.ReadBytes(path), cancellation)).ConfigureAwait(false);
        return await Ask(picture, path, null, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="PersonBusyException">As many questions wait, streams are read or bytes are held as may be.</exception>
    public async Task<PersonPrediction> PredictAsync(Stream stream, CancellationToken cancellation = default)
    {
        using var share = Enter();
        var picture = await Read(() => _reader.ReadMemoryAsync(stream, "stream", share.Grow, cancellation)).ConfigureAwait(false);
        share.EndReading();
        return await Ask(picture, "stream", null, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="PersonBusyException">As many questions wait as may.</exception>
    public Task<PersonPrediction> PredictAsync(ReadOnlyMemory<byte> rgb, int width, int height, CancellationToken cancellation = default)
    {
        RgbImage.CheckLength(rgb.Length, width, height, nameof(rgb));
        return Ask(rgb, "pixels", (width, height), cancellation);
    }

    /// <summary>Looks at the package on disk now, without waiting for the interval.</summary>
    public ServedChange Refresh()
    {
        var change = _served.Refresh(out var isNews);
        if (isNews)
        {
            _metrics.Changed(change.Kind);
            Changed?.Invoke(this, change);
        }

        return change;
    }

    /// <summary>Takes no more questions, answers those that wait, and frees the model.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _watch.Dispose();
        _queue.CompleteAdding();
        _workers.ForEach(worker => worker.Join());
        _served.Dispose();
        _metrics.Dispose();
    }

    /// <summary>As <see cref="Dispose"/>, which waits for the workers' threads, without blocking the caller's.</summary>
    public async ValueTask DisposeAsync() => await Task.Run(Dispose).ConfigureAwait(false);

    private Task<PersonPrediction> Ask(
        ReadOnlyMemory<byte> bytes,
        string name,
        (int Width, int Height)? size,
        CancellationToken cancellation
    )
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<PersonPrediction>(cancellation);
        }

        var question = new Question(bytes, name, size);
        bool waits;
        try
        {
            waits = _queue.TryAdd(question);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(ServedClassifier)); // between the check and here
        }

        if (!waits)
        {
            var busy = new PersonBusyException(_options.QueueLimit);
            _metrics.Rejected(busy);
            return Task.FromException<PersonPrediction>(busy);
        }

        return cancellation.CanBeCanceled ? question.AnswerAsync(cancellation) : question.Task;
    }

    private ReadBudget.Share Enter()
    {
        try
        {
            return _budget.Enter();
        }
        catch (PersonBusyException busy)
        {
            _metrics.Rejected(busy);
            throw;
        }
    }

    private async Task<T> Read<T>(Func<Task<T>> read)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ImageException or PersonBusyException or OperationCanceledException)
        {
            _metrics.Rejected(exception);
            throw;
        }
    }
}
