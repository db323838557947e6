using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Features;

/// <summary>
/// Extracts one shard's features into a folder that many processes share, and keeps nothing in memory: datasets may be larger than it. Two
/// processes with the same shard do the same work twice and harm nothing; one that was killed goes on where it stopped.
/// </summary>
public static class ShardedExtraction
{
    private const int Examples = 10;

    /// <summary>Clocks that are this near count as the same.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>Extracts.</summary>
    /// <param name="network">What makes the features.</param>
    /// <param name="samples">The whole dataset, in any order; gone through once. Pictures of other shards are not decoded, and not opened
    /// where the dataset says their hash.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="options">With the shared folder.</param>
    /// <param name="progress">Told after each sample, from several threads; its total is 0 where the dataset's size is not known.</param>
    /// <param name="clock">This machine's; null for the system's.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <exception cref="FeatureException">The folder is another recipe's, or more pictures than <see cref="FeatureOptions.MaxBad"/>
    /// allows, or all of them, could not be used.</exception>
    /// <exception cref="DatasetException">The dataset has a fault.</exception>
    /// <exception cref="OnnxModelException">The network fails.</exception>
    /// <exception cref="IOException">The folder cannot be written; what was done is kept.</exception>
    public static ShardReport Run(
        FeatureNetwork network,
        IEnumerable<Sample> samples,
        Shard shard,
        FeatureOptions options,
        IProgress<FeatureProgress>? progress = null,
        TimeProvider? clock = null,
        CancellationToken cancellation = default
    )
    {
        var folder =
            options.SharedFolder ?? throw new ArgumentException("An extraction by shards needs a shared folder.", nameof(options));
        using var cache = new FeatureCache(SharedCache.Open(folder, network, mayCreate: true), network.Width, shard);
        using var work = new Work(network, cache, shard, options, progress, samples is ICollection<Sample> known ? known.Count : 0);
        try
        {
            Parallel.ForEach(
                Partitioner.Create(samples, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = options.Parallelism == 0 ? Environment.ProcessorCount : options.Parallelism,
                    CancellationToken = cancellation,
                },
                work.Extract
            );
        }
        catch (AggregateException exception)
        {
            // Several threads may have failed of the same cause; one of them says it.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return work.Result() with
        {
            ClockDifference = ClockDifference(cache, clock ?? TimeProvider.System),
        };
    }

    private static TimeSpan? ClockDifference(FeatureCache cache, TimeProvider clock)
    {
        if (cache.OwnFile is not { } own)
        {
            return null;
        }

        // The folder's server stamped the file when the last record was written, a moment ago.
        var difference = clock.GetUtcNow() - new DateTimeOffset(File.GetLastWriteTimeUtc(own), TimeSpan.Zero);
        return difference.Duration() > ClockTolerance ? difference : null;
    }

    /// <summary>Members are called from several threads.</summary>
    private sealed class Work(
        FeatureNetwork network,
        FeatureCache cache,
        Shard shard,
        FeatureOptions options,
        IProgress<FeatureProgress>? progress,
        int total
    ) : IDisposable
    {
        private readonly ImageReader _reader = new(options.Limits);
        private readonly ThreadLocal<byte[]> _pixels = new(() => new byte[network.Input.ByteCount]);
        private readonly ThreadLocal<float[]> _row = new(() => new float[network.Width]);
        private readonly ConcurrentQueue<SkippedSample> _examples = new();
        private readonly Lazy<OnnxModel> _model = new(() =>
            OnnxModel.Load(network.Bytes, network.Card.Name, new OnnxModelOptions { Threads = 1 })
        );

        private long _seen;
        private long _own;
        private long _fromCache;
        private long _skipped;

        public void Extract(Sample sample, ParallelLoopState loop)
        {
            try
            {
                One(sample);
            }
            catch (ImageException exception)
            {
                if (Interlocked.Increment(ref _skipped) <= Examples)
                {
                    _examples.Enqueue(new SkippedSample(sample, exception.Reason));
                }

                if (Interlocked.Read(ref _skipped) > options.MaxBad)
                {
                    loop.Stop();
                }
            }

            var seen = Interlocked.Increment(ref _seen);
            progress?.Report(
                new FeatureProgress(Clamp(seen), total, Clamp(Interlocked.Read(ref _fromCache)), Clamp(Interlocked.Read(ref _skipped)))
            );
        }

        public ShardReport Result()
        {
            ImmutableArray<SkippedSample> examples = [.. _examples.OrderBy(skip => skip.Sample.File, StringComparer.Ordinal)];
            if (_skipped > options.MaxBad || (_skipped > 0 && _skipped == _seen))
            {
                var named = string.Join(" ", examples.Take(3).Select(skip => $"'{skip.Sample.File}': {skip.Reason}"));
                throw new FeatureException(
                    _skipped == _seen
                        ? $"None of the {_seen} pictures could be used. {named}"
                        : $"More than {options.MaxBad} pictures could not be used, which is the limit that was given. {named}"
                );
            }

            return new ShardReport(shard, _seen, _own, _fromCache, cache.Damaged, _skipped, examples);
        }

        public void Dispose()
        {
            _pixels.Dispose();
            _row.Dispose();
            if (_model.IsValueCreated)
            {
                _model.Value.Dispose();
            }
        }

        private static int Clamp(long count) => (int)Math.Min(count, int.MaxValue);

        private void One(Sample sample)
        {
            var row = _row.Value!;
            if (sample.Sha256 is { } listed && (!shard.Owns(listed) || cache.TryRead(listed, row)))
            {
                Count(isCached: true, isOwn: shard.Owns(listed));
                return;
            }

            var picture = PictureFile.Read(_reader, sample, out var hash);
            if (!shard.Owns(hash))
            {
                return;
            }

            if (cache.TryRead(hash, row))
            {
                Count(isCached: true, isOwn: true);
                return;
            }

            var spec = network.Input;
            _reader.ReadResized(picture, spec, _pixels.Value!, sample.File);
            _model.Value.Run<byte>(_pixels.Value!, [1, spec.Height, spec.Width, 3], row);
            cache.Write(hash, row);
            Count(isCached: false, isOwn: true);
        }

        private void Count(bool isCached, bool isOwn)
        {
            if (isOwn)
            {
                Interlocked.Increment(ref _own);
                Interlocked.Add(ref _fromCache, isCached ? 1 : 0);
            }
        }
    }
}
