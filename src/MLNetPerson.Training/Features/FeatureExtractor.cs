using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Features;

/// <summary>
/// Runs a feature network over a dataset. Each core decodes a picture and runs the network on it, so that decoding and
/// inference overlap without a queue between them; what is in the cache is neither decoded nor run again.
/// </summary>
public sealed class FeatureExtractor
{
    private const int ExamplesInMessage = 3;

    private readonly FeatureNetwork _network;
    private readonly FeatureOptions _options;

    /// <summary>An extractor for one network.</summary>
    public FeatureExtractor(FeatureNetwork network, FeatureOptions? options = null)
    {
        _network = network;
        _options = options ?? new FeatureOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(_options.Parallelism);
        ArgumentOutOfRangeException.ThrowIfNegative(_options.MaxBad);
        ArgumentOutOfRangeException.ThrowIfNegative(_options.MostTableBytes);
    }

    /// <summary>Extracts the features of all samples, or takes them from the cache. What was done before an interruption is kept.</summary>
    /// <param name="samples">In the order of the result.</param>
    /// <param name="progress">Told after each picture, from several threads.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <exception cref="FeatureException">No picture, or fewer than <see cref="FeatureOptions.MaxBad"/> allows, could be used; or the
    /// shared
    /// folder is another recipe's.</exception>
    /// <exception cref="OnnxModelException">The network fails.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public FeatureSet Extract(
        IReadOnlyList<Sample> samples,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        using var cache = new FeatureCache(
            _options.SharedFolder is { } shared ? SharedCache.Open(shared, _network, mayCreate: false) : CachePath(),
            _network.Width
        );
        using var run = new Run(this, samples, cache, progress);
        try
        {
            // One picture at a time to whoever is free: they differ in size, and a core that waits for another's last batch is lost.
            Parallel.ForEach(
                Partitioner.Create(Enumerable.Range(0, samples.Count), EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = _options.Parallelism == 0 ? Environment.ProcessorCount : _options.Parallelism,
                    CancellationToken = cancellation,
                },
                (index, loop) => run.Extract(index, loop)
            );
        }
        catch (AggregateException exception)
        {
            // Several threads may have failed of the same cause; one of them says it.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return run.Result();
    }

    /// <summary>Everything that features depend on but the picture.</summary>
    private string CachePath()
    {
        var root = _options.CacheFolder ?? CacheFolder.Sub("features");
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{_network.Sha256}\n{_network.Input}\n")
            .Append(CultureInfo.InvariantCulture, $"{ImageReader.Fingerprint}\nONNX Runtime {OnnxModel.RuntimeVersion}\n");
        return Path.Combine(root, $"{_network.Card.Name}-{Sha256Text.OfBytes(Encoding.UTF8.GetBytes(text.ToString()))[..16]}");
    }

    /// <summary>One pass over a dataset; its members are called from several threads.</summary>
    private sealed class Run : IDisposable
    {
        private readonly FeatureExtractor _owner;
        private readonly IReadOnlyList<Sample> _samples;
        private readonly FeatureCache _cache;
        private readonly IProgress<FeatureProgress>? _progress;
        private readonly ImageReader _reader;
        private readonly FeatureTable? _table;
        private readonly MappedRows? _mapped;
        private readonly string?[] _hashes;
        private readonly string?[] _reasons;
        private readonly Lazy<OnnxModel> _model;
        private readonly ThreadLocal<byte[]> _pixels;
        private readonly ThreadLocal<float[]> _row;
        private readonly NameLedger? _names;
        private int _done;
        private int _opened;
        private int _fromCache;
        private int _skipped;

        public Run(FeatureExtractor owner, IReadOnlyList<Sample> samples, FeatureCache cache, IProgress<FeatureProgress>? progress)
        {
            _owner = owner;
            _samples = samples;
            _cache = cache;
            _progress = progress;
            _reader = new ImageReader(owner._options.Limits);
            var width = owner._network.Width;
            if (
                (long)samples.Count * width * sizeof(float)
                > Math.Min(owner._options.MostTableBytes, (long)Array.MaxLength * sizeof(float))
            )
            {
                _mapped = MappedRows.Create(samples.Count, width, owner._options.TableFolder);
            }
            else
            {
                _table = new FeatureTable(samples.Count, width, new float[samples.Count * width]);
            }

            _hashes = new string?[samples.Count];
            _reasons = new string?[samples.Count];

            // One thread a run: the pictures run side by side. A warm run never loads it.
            _model = new Lazy<OnnxModel>(() =>
                OnnxModel.Load(owner._network.Bytes, owner._network.Card.Name, new OnnxModelOptions { Threads = 1 })
            );
            _pixels = new ThreadLocal<byte[]>(() => new byte[owner._network.Input.ByteCount]);
            _row = new ThreadLocal<float[]>(() => new float[width]);
            _names = owner._options.SharedFolder is { } shared ? new NameLedger(shared) : null;
        }

        public void Extract(int index, ParallelLoopState loop)
        {
            try
            {
                var sample = _samples[index];
                var row = RowOf(index);
                var hash = PictureFile.Known(sample, _names, out _);
                if (hash is not null && _cache.TryRead(hash, row))
                {
                    Interlocked.Increment(ref _fromCache);
                }
                else
                {
                    Interlocked.Increment(ref _opened);
                    var picture = PictureFile.Read(_reader, sample, out hash);
                    if (_cache.TryRead(hash, row))
                    {
                        Interlocked.Increment(ref _fromCache);
                    }
                    else
                    {
                        Compute(index, picture, hash);
                    }
                }

                _mapped?.Write(index, row);
                _hashes[index] = hash;
            }
            catch (ImageException exception)
            {
                _reasons[index] = exception.Reason;
                if (Interlocked.Increment(ref _skipped) > _owner._options.MaxBad)
                {
                    loop.Stop();
                }
            }

            _progress?.Report(new FeatureProgress(Interlocked.Increment(ref _done), _samples.Count, _fromCache, _skipped));
        }

        public FeatureSet Result()
        {
            ImmutableArray<SkippedSample> skipped =
            [
                .. Enumerable
                    .Range(0, _samples.Count)
                    .Where(index => _reasons[index] is not null)
                    .Select(index => new SkippedSample(_samples[index], _reasons[index]!)),
            ];
            if (skipped.Length > _owner._options.MaxBad || skipped.Length == _samples.Count)
            {
                var examples = string.Join(" ", skipped.Take(ExamplesInMessage).Select(skip => $"'{skip.Sample.File}': {skip.Reason}"));
                throw new FeatureException(
                    skipped.Length == _samples.Count
                        ? $"None of the {_samples.Count} pictures could be used. {examples}"
                        : $"More than {_owner._options.MaxBad} pictures could not be used, which is the limit that was given. {examples}"
                );
            }

            var used = Enumerable.Range(0, _samples.Count).Where(index => _reasons[index] is null).ToArray();
            return new FeatureSet(
                [.. used.Select(index => _samples[index])],
                Only(used),
                [.. used.Select(index => _hashes[index]!)],
                skipped,
                _fromCache
            )
            {
                IsFromCacheAlone = _opened == 0,
            };
        }

        public void Dispose()
        {
            _pixels.Dispose();
            _row.Dispose();
            _names?.Dispose();
            if (_model.IsValueCreated)
            {
                _model.Value.Dispose();
            }
        }

        /// <summary>Where a picture's features go: their place in memory, or this thread's own row on the way to the file.</summary>
        private Span<float> RowOf(int index) => _table is null ? _row.Value! : _table.Row(index);

        private void Compute(int index, byte[] picture, string hash)
        {
            var spec = _owner._network.Input;
            var pixels = _pixels.Value!;
            _reader.ReadResized(picture, spec, pixels, _samples[index].File);
            var row = _table is null ? _row.Value.AsMemory() : _table.Values.AsMemory(index * _table.Width, _table.Width);
            _model.Value.Run<byte>(pixels, [1, spec.Height, spec.Width, 3], row);
            _cache.Write(hash, row.Span);
        }

        private FeatureTable Only(int[] used)
        {
            if (_table is null)
            {
                return new FeatureTable(_mapped!.Only(used));
            }

            if (used.Length == _table.Rows)
            {
                return _table;
            }

            var values = new float[used.Length * _table.Width];
            for (var i = 0; i < used.Length; i++)
            {
                _table.Row(used[i]).CopyTo(values.AsSpan(i * _table.Width));
            }

            return new FeatureTable(used.Length, _table.Width, values);
        }
    }
}
