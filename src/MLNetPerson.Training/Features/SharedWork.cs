using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Features;

/// <summary>
/// One result a picture, computed by many processes: each takes the pictures of its shard, leaves out what is there, and appends the rest
/// to
/// a file of its own. Nothing is kept in memory. Two processes with the same shard do the same work twice and harm nothing; one that was
/// killed goes on where it stopped.
/// </summary>
internal sealed class SharedWork : IDisposable
{
    private const int Examples = 10;

    /// <summary>Clocks that are this near count as the same.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private readonly RecordFolder _records;
    private readonly Shard _shard;
    private readonly FeatureOptions _options;
    private readonly Action<Sample, byte[], byte[]> _compute;
    private readonly IProgress<FeatureProgress>? _progress;
    private readonly ImageReader _reader;
    private readonly ThreadLocal<byte[]> _payload;
    private readonly NameLedger _names;
    private readonly ConcurrentQueue<SkippedSample> _examples = new();
    private int _total;
    private long _seen;
    private long _own;
    private long _fromCache;
    private long _skipped;

    /// <param name="records">Where the results lie; opened for this shard's pictures or for all.</param>
    /// <param name="payloadBytes">Of a result.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="options">Parallelism, limits, and how many pictures may be bad.</param>
    /// <param name="compute">From a sample and its picture's bytes to the result, written into its last argument; called from several
    /// threads.</param>
    /// <param name="progress">Told after each sample, from several threads; its total is 0 where the dataset's size is not known.</param>
    public SharedWork(
        RecordFolder records,
        int payloadBytes,
        Shard shard,
        FeatureOptions options,
        Action<Sample, byte[], byte[]> compute,
        IProgress<FeatureProgress>? progress
    )
    {
        (_records, _shard, _options, _compute, _progress) = (records, shard, options, compute, progress);
        _reader = new ImageReader(options.Limits);
        _payload = new ThreadLocal<byte[]>(() => new byte[payloadBytes]);
        _names = new NameLedger(records.Folder);
    }

    /// <summary>Goes through a dataset once. Pictures of other shards are not decoded, and not opened where the dataset says their
    /// hash, or another process has read them.</summary>
    /// <exception cref="FeatureException">More pictures than the options allow, or all of them, could not be used.</exception>
    /// <exception cref="IOException">The folder cannot be written; what was done is kept.</exception>
    public ShardReport Run(IEnumerable<Sample> samples, TimeProvider? clock, CancellationToken cancellation)
    {
        _total = samples is ICollection<Sample> known ? known.Count : 0;
        try
        {
            // One picture at a time to whoever is free: they differ in size, and a core that waits for another's last batch is lost.
            Parallel.ForEach(
                Partitioner.Create(samples, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = _options.Parallelism == 0 ? Environment.ProcessorCount : _options.Parallelism,
                    CancellationToken = cancellation,
                },
                One
            );
        }
        catch (AggregateException exception)
        {
            // Several threads may have failed of the same cause; one of them says it.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return Result() with
        {
            ClockDifference = ClockDifference(clock ?? TimeProvider.System),
        };
    }

    public void Dispose()
    {
        _payload.Dispose();
        _names.Dispose();
    }

    private void One(Sample sample, ParallelLoopState loop)
    {
        try
        {
            Work(sample);
        }
        catch (ImageException exception)
        {
            if (Interlocked.Increment(ref _skipped) <= Examples)
            {
                _examples.Enqueue(new SkippedSample(sample, exception.Reason));
            }

            if (Interlocked.Read(ref _skipped) > _options.MaxBad)
            {
                loop.Stop();
            }
        }

        var seen = Interlocked.Increment(ref _seen);
        _progress?.Report(
            new FeatureProgress(Clamp(seen), _total, Clamp(Interlocked.Read(ref _fromCache)), Clamp(Interlocked.Read(ref _skipped)))
        );
    }

    private void Work(Sample sample)
    {
        Span<byte> key = stackalloc byte[RecordFolder.HashBytes];
        var known = PictureFile.Known(sample, _names, out var name);
        if (known is not null)
        {
            if (!_shard.Owns(known))
            {
                return;
            }

            Convert.FromHexString(known, key, out _, out _);
            if (_records.TryRead(key, _payload.Value!))
            {
                Count(isCached: true);
                return;
            }
        }

        var picture = PictureFile.Read(_reader, sample, out var hash);
        if (name is not null && known is null)
        {
            _names.Add(name, hash);
        }

        if (!_shard.Owns(hash))
        {
            return;
        }

        Convert.FromHexString(hash, key, out _, out _);
        if (_records.TryRead(key, _payload.Value!))
        {
            Count(isCached: true);
            return;
        }

        _compute(sample, picture, _payload.Value!);
        _records.Write(key, _payload.Value!);
        Count(isCached: false);
    }

    private void Count(bool isCached)
    {
        Interlocked.Increment(ref _own);
        Interlocked.Add(ref _fromCache, isCached ? 1 : 0);
    }

    private ShardReport Result()
    {
        ImmutableArray<SkippedSample> examples = [.. _examples.OrderBy(skip => skip.Sample.File, StringComparer.Ordinal)];
        if (_skipped > _options.MaxBad || (_skipped > 0 && _skipped == _seen))
        {
            var named = string.Join(" ", examples.Take(3).Select(skip => $"'{skip.Sample.File}': {skip.Reason}"));
            throw new FeatureException(
                _skipped == _seen
                    ? $"None of the {_seen} pictures could be used. {named}"
                    : $"More than {_options.MaxBad} pictures could not be used, which is the limit that was given. {named}"
            );
        }

        return new ShardReport(_shard, _seen, _own, _fromCache, _records.Damaged, _skipped, examples);
    }

    private TimeSpan? ClockDifference(TimeProvider clock)
    {
        if (_records.OwnFile is not { } own)
        {
            return null;
        }

        // The folder's server stamped the file when the last record was written, a moment ago.
        var difference = clock.GetUtcNow() - new DateTimeOffset(File.GetLastWriteTimeUtc(own), TimeSpan.Zero);
        return difference.Duration() > ClockTolerance ? difference : null;
    }

    private static int Clamp(long count) => (int)Math.Min(count, int.MaxValue);
}
