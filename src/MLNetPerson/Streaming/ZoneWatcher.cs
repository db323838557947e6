using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using MLNetPerson.Inference;

namespace MLNetPerson.Streaming;

/// <summary>Watches a stream of frames and says when a person enters a zone and when nobody is left in it. For one stream.</summary>
public sealed class ZoneWatcher
{
    private readonly IPersonDetector _detector;
    private readonly double _threshold;
    private readonly ImmutableArray<PersonZone> _zones;
    private readonly WatchOptions _options;
    private readonly PresenceTracker[] _trackers;
    private LatestFrames? _latest;
    private long _answered;
    private long _started;
    private TimeSpan _time;
    private float _probability;

    /// <summary>A watcher of one stream.</summary>
    /// <param name="detector">Finds persons; stays the caller's. Best one that also gives boxes below the threshold, so that a person who
    /// is
    /// nearly sure keeps being there.</param>
    /// <param name="threshold">The package's, 0 to 1.</param>
    /// <param name="zones">At least one.</param>
    /// <param name="options">How answers become events.</param>
    /// <exception cref="ArgumentException">There is no zone, two have one name, or the options have a fault.</exception>
    public ZoneWatcher(IPersonDetector detector, double threshold, IEnumerable<PersonZone> zones, WatchOptions? options = null)
    {
        (_detector, _threshold, _zones, _options) = (detector, threshold, [.. zones], options ?? new WatchOptions());
        if (_zones.IsEmpty)
        {
            throw new ArgumentException("There is no zone to watch; PersonZone.Whole is the whole frame.", nameof(zones));
        }

        if (_zones.GroupBy(zone => zone.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two zones are called '{twice.Key}'; give each a name of its own.", nameof(zones));
        }

        _trackers = [.. _zones.Select(_ => new PresenceTracker(threshold, _options))];
    }

    /// <summary>How things stand: over all zones together. To be read between two steps of <see cref="WatchAsync"/>.</summary>
    public WatchStatus Status =>
        new(
            _answered,
            _latest?.Dropped ?? 0,
            _answered < 2 ? 0 : (_answered - 1) / Math.Max(1e-6, Stopwatch.GetElapsedTime(_started).TotalSeconds),
            _time,
            _probability,
            _trackers.Max(tracker => tracker.Smoothed),
            _trackers.Any(tracker => tracker.IsPerson)
        );

    /// <summary>The stream's events, as they happen.</summary>
    /// <param name="frames">Disposed once answered or dropped.</param>
    /// <param name="progress">Told after every answer.</param>
    /// <param name="cancellation">Ends the watching.</param>
    /// <exception cref="StreamException">The stream is not what it was said to be; events up to there have been given.</exception>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    public async IAsyncEnumerable<ZoneEvent> WatchAsync(
        IAsyncEnumerable<VideoFrame> frames,
        IProgress<WatchStatus>? progress = null,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        if (_options.DropFrames)
        {
            _latest = new LatestFrames(frames);
            frames = _latest.ReadAsync(cancellation);
        }

        await foreach (var frame in frames.WithCancellation(cancellation).ConfigureAwait(false))
        {
            var found = await _detector.DetectAsync(frame.Rgb, frame.Width, frame.Height, cancellation).ConfigureAwait(false);
            var (index, time) = (frame.Index, frame.Time);
            frame.Dispose();
            _started = _answered++ == 0 ? Stopwatch.GetTimestamp() : _started;
            (_time, _probability) = (time, found.Probability);
            List<ZoneEvent> events = [];
            for (var i = 0; i < _zones.Length; i++)
            {
                List<DetectedPerson> inside = [.. found.Persons.Where(_zones[i].Contains)];
                var probability = inside.Count == 0 ? 0 : inside.Max(person => person.Probability);
                if (
                    _trackers[i].Add(new FramePrediction(index, time, new PersonPrediction(probability, probability >= _threshold))) is
                    { } change
                )
                {
                    events.Add(new ZoneEvent(_zones[i].Name, change, inside.Count(person => person.Probability >= _threshold)));
                }
            }

            progress?.Report(Status);
            foreach (var one in events)
            {
                yield return one;
            }
        }
    }
}
