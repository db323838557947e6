using System.Diagnostics;
using System.Runtime.CompilerServices;
using MLNetPerson.Inference;
using MLNetPerson.Prediction;

namespace MLNetPerson.Streaming;

/// <summary>Watches a stream of frames and says when a person comes and when nobody is left. For one stream.</summary>
public sealed class PersonWatcher
{
    private const int RateFrames = 64;

    private readonly IPersonClassifier _classifier;
    private readonly WatchOptions _options;
    private readonly PresenceTracker _tracker;
    private readonly Queue<long> _answers = new();
    private LatestFrames? _latest;
    private long _answered;
    private long _lastAnswer;
    private FramePrediction _last;

    /// <summary>A watcher of one stream.</summary>
    /// <param name="classifier">Answers; stays the caller's.</param>
    /// <param name="threshold">The package's, 0 to 1.</param>
    /// <param name="options">How answers become events.</param>
    /// <exception cref="ArgumentException">The options have a fault.</exception>
    public PersonWatcher(IPersonClassifier classifier, double threshold, WatchOptions? options = null)
    {
        (_classifier, _options) = (classifier, options ?? new WatchOptions());
        _tracker = new PresenceTracker(threshold, _options);
    }

    /// <summary>A watcher of one stream.</summary>
    /// <param name="classifier">Answers, and knows the threshold; stays the caller's.</param>
    /// <param name="options">How answers become events.</param>
    /// <exception cref="ArgumentException">The options have a fault.</exception>
    public PersonWatcher(PersonClassifier classifier, WatchOptions? options = null)
        : this(classifier, classifier.Package.Manifest.Threshold, options) { }

    /// <summary>How things stand. To be read between two steps of <see cref="WatchAsync"/>, or from its progress.</summary>
    public WatchStatus Status =>
        new(_answered, _latest?.Dropped ?? 0, Rate(), _last.Time, _last.Prediction.Probability, _tracker.Smoothed, _tracker.IsPerson);

    /// <summary>The stream's events, as they happen.</summary>
    /// <param name="frames">Disposed once answered or dropped.</param>
    /// <param name="progress">Told after every answer.</param>
    /// <param name="cancellation">Ends the watching.</param>
    /// <exception cref="StreamException">The stream is not what it was said to be; events up to there have been given.</exception>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    public async IAsyncEnumerable<PersonEvent> WatchAsync(
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

        await foreach (var answer in _classifier.PredictFramesAsync(frames, cancellation).ConfigureAwait(false))
        {
            _last = answer;
            _answered++;
            _answers.Enqueue(_lastAnswer = Stopwatch.GetTimestamp());
            if (_answers.Count > RateFrames)
            {
                _answers.Dequeue();
            }

            var change = _tracker.Add(answer);
            progress?.Report(Status);
            if (change is not null)
            {
                yield return change;
            }
        }
    }

    private double Rate() =>
        _answers.Count < 2 ? 0 : (_answers.Count - 1) / Math.Max(1e-6, Stopwatch.GetElapsedTime(_answers.Peek(), _lastAnswer).TotalSeconds);
}
