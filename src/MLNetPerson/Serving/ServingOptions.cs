using MLNetPerson.Images;

namespace MLNetPerson.Serving;

/// <summary>How one package is served to many callers. A class with setters, because hosts bind it from their configuration.</summary>
public sealed class ServingOptions
{
    /// <summary>The folder of the package. Required.</summary>
    public string Package { get; set; } = "";

    /// <summary>The encoding that answers; the best one for this processor where null.</summary>
    public string? Encoding { get; set; }

    /// <summary>Questions worked on at a time, each on a thread of its own. Range [0, 1024]; 0 is one a core.</summary>
    public int Workers { get; set; }

    /// <summary>
    /// The most pictures that go through the model together. Range [0, 64]; 1 is never together. With 0, what is fastest here is measured
    /// when a package is loaded: on many processors small networks gain nothing, see models/results/serving.csv.
    /// </summary>
    public int MaxBatch { get; set; }

    /// <summary>
    /// How long a question may wait for others to share a run with it, where sharing is faster. Range [0, 1 s]. With 0, runs are shared by
    /// those that wait anyway: a worker that waits for company is a core that stands still, which models/results/serving.csv shows.
    /// </summary>
    public TimeSpan MaxBatchDelay { get; set; } = TimeSpan.Zero;

    /// <summary>Questions that may wait. One more is refused at once (<see cref="PersonBusyException"/>) rather than answered too late.
    /// Range [1, 1,000,000].</summary>
    public int QueueLimit { get; set; } = 1024;

    /// <summary>How often the folder is looked at for another package; zero for never. Range [0, 1 day].</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="ImageLimits.MaxBytes"/>
    public long MaxBytes { get; set; } = new ImageLimits().MaxBytes;

    /// <inheritdoc cref="ImageLimits.MaxPixels"/>
    public long MaxPixels { get; set; } = new ImageLimits().MaxPixels;

    /// <inheritdoc cref="ImageLimits.MaxPixelsHeld"/>
    public long MaxPixelsHeld { get; set; } = new ImageLimits().MaxPixelsHeld;

    /// <summary>Streams that are read at a time, request bodies say. One more is refused at once (<see cref="PersonBusyException"/>),
    /// before a
    /// byte of it is read. Range [1, 1,000,000].</summary>
    public int MaxReads { get; set; } = 64;

    /// <summary>Memory of encoded pictures that are read from streams or wait for an answer, in bytes. A stream that would go over it is
    /// refused at once (<see cref="PersonBusyException"/>). Range [<see cref="MaxBytes"/>, 2⁴⁰].</summary>
    public long MaxBytesHeld { get; set; } = 512_000_000;

    /// <summary>What a picture may ask for.</summary>
    internal ImageLimits Limits =>
        new()
        {
            MaxBytes = MaxBytes,
            MaxPixels = MaxPixels,
            MaxPixelsHeld = MaxPixelsHeld,
        };

    /// <summary>Everything that is wrong with the options, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        void Check(bool good, string fault)
        {
            if (!good)
            {
                faults.Add(fault);
            }
        }

        Check(!string.IsNullOrWhiteSpace(Package), $"{nameof(Package)} names no folder; it is the one that 'retrain --out' wrote");
        Check(Encoding is null || Encoding.Length > 0, $"{nameof(Encoding)} is empty; leave it out for the best one");
        Check(Workers is >= 0 and <= 1024, $"{nameof(Workers)} is {Workers}, outside 0 to 1024");
        Check(MaxBatch is >= 0 and <= 64, $"{nameof(MaxBatch)} is {MaxBatch}, outside 0 to 64");
        Check(
            MaxBatchDelay >= TimeSpan.Zero && MaxBatchDelay <= TimeSpan.FromSeconds(1),
            $"{nameof(MaxBatchDelay)} is {MaxBatchDelay}, outside 0 to 1 second"
        );
        Check(QueueLimit is >= 1 and <= 1_000_000, $"{nameof(QueueLimit)} is {QueueLimit}, outside 1 to 1000000");
        Check(
            WatchInterval >= TimeSpan.Zero && WatchInterval <= TimeSpan.FromDays(1),
            $"{nameof(WatchInterval)} is {WatchInterval}, outside 0 to 1 day"
        );
        Check(MaxReads is >= 1 and <= 1_000_000, $"{nameof(MaxReads)} is {MaxReads}, outside 1 to 1000000");
        Check(
            MaxBytesHeld >= MaxBytes && MaxBytesHeld <= 1L << 40,
            $"{nameof(MaxBytesHeld)} is {MaxBytesHeld}, outside {nameof(MaxBytes)} ({MaxBytes}) to {1L << 40}"
        );
        Check(Limits.Fault() is null, Limits.Fault() ?? "");
        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
