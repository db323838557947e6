using MLNetPerson.Images;

namespace MLNetPerson.Serving;

/// <summary>How a detector's package is served to many callers.</summary>
public sealed class DetectorServingOptions
{
    /// <summary>The folder of the detector's package.</summary>
    public string Package { get; set; } = "";

    /// <summary>One of the package's encodings; empty for the best one on this processor.</summary>
    public string Encoding { get; set; } = "";

    /// <summary>Pictures that are worked on at a time. Range [0, 1024]; 0 is one a core.</summary>
    public int Workers { get; set; }

    /// <summary>Pictures that are worked on or wait for it; one more is refused. Range [1, ∞).</summary>
    public int QueueLimit { get; set; } = 64;

    /// <summary>Boxes of less than this probability are left out; null for the package's threshold. Range [0, 1].</summary>
    public double? MinProbability { get; set; }

    /// <summary>Bytes that a picture's file may have. Range [1, ∞).</summary>
    public long MaxBytes { get; set; } = new ImageLimits().MaxBytes;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (string.IsNullOrWhiteSpace(Package))
        {
            faults.Add($"{nameof(Package)} is empty: name the folder of a detector's package");
        }

        if (Workers is < 0 or > 1024)
        {
            faults.Add($"{nameof(Workers)} is {Workers}, outside 0 to 1024");
        }

        if (QueueLimit < 1)
        {
            faults.Add($"{nameof(QueueLimit)} is {QueueLimit}, below 1");
        }

        if (MinProbability is { } least && least is not (>= 0 and <= 1))
        {
            faults.Add(FormattableString.Invariant($"{nameof(MinProbability)} is {least}, outside 0 to 1"));
        }

        if (MaxBytes < 1)
        {
            faults.Add($"{nameof(MaxBytes)} is {MaxBytes}, below 1");
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}

/// <summary>One detector for many callers: so many pictures at a time, so many may wait, one more is refused.</summary>
public sealed class ServedDetector : IPersonDetector, IDisposable
{
    private readonly PersonDetector _detector;
    private readonly ImageReader _reader;
    private readonly SemaphoreSlim _free;
    private readonly int _limit;
    private int _inside;

    /// <summary>Loads the package.</summary>
    /// <param name="options">Which, and how it is served.</param>
    /// <exception cref="ArgumentException">Options are out of range; all faults are in the message.</exception>
    /// <exception cref="Packaging.PackageException">Not a detector's package, or not the one that was exported.</exception>
    public ServedDetector(DetectorServingOptions options)
    {
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException($"Options of a served detector have a fault: {fault}.", nameof(options));
        }

        var limits = new ImageLimits { MaxBytes = options.MaxBytes };
        var settings = new PersonDetectorOptions { MinProbability = options.MinProbability, Limits = limits };
        _detector =
            options.Encoding.Length == 0
                ? PersonDetector.Load(options.Package, settings)
                : PersonDetector.Load(options.Package, options.Encoding, settings);
        _reader = new ImageReader(limits);
        _free = new SemaphoreSlim(options.Workers == 0 ? Environment.ProcessorCount : options.Workers);
        _limit = options.QueueLimit;
    }

    /// <summary>The detector that answers.</summary>
    public PersonDetector Detector => _detector;

    /// <inheritdoc/>
    /// <exception cref="PersonBusyException">As many pictures are waiting as may wait.</exception>
    public Task<PersonDetections> DetectAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellation = default) =>
        InTurnAsync(() => _detector.Detect(picture.Span), cancellation);

    /// <inheritdoc/>
    /// <exception cref="PersonBusyException">As many pictures are waiting as may wait.</exception>
    public Task<PersonDetections> DetectAsync(string path, CancellationToken cancellation = default) =>
        InTurnAsync(() => _detector.Detect(path), cancellation);

    /// <inheritdoc/>
    /// <exception cref="PersonBusyException">As many pictures are waiting as may wait.</exception>
    public async Task<PersonDetections> DetectAsync(Stream stream, CancellationToken cancellation = default)
    {
        // Counted before a byte is read: what is over the limit takes no memory.
        Enter();
        try
        {
            var picture = await _reader.ReadBytesAsync(stream, "stream", cancellation).ConfigureAwait(false);
            return await RunAsync(() => _detector.Detect(picture), cancellation).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="PersonBusyException">As many pictures are waiting as may wait.</exception>
    public Task<PersonDetections> DetectAsync(ReadOnlyMemory<byte> rgb, int width, int height, CancellationToken cancellation = default) =>
        InTurnAsync(() => _detector.Detect(rgb.Span, width, height), cancellation);

    /// <summary>Frees the model. Questions under way must have ended.</summary>
    public void Dispose()
    {
        _detector.Dispose();
        _free.Dispose();
    }

    private async Task<PersonDetections> InTurnAsync(Func<PersonDetections> work, CancellationToken cancellation)
    {
        Enter();
        try
        {
            return await RunAsync(work, cancellation).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    private void Enter()
    {
        if (Interlocked.Increment(ref _inside) > _limit)
        {
            Interlocked.Decrement(ref _inside);
            throw new PersonBusyException(_limit);
        }
    }

    private async Task<PersonDetections> RunAsync(Func<PersonDetections> work, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }
}
