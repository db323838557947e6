namespace MLNetPerson.Streaming;

/// <summary>Turns probabilities over time into events: an exponential average, and two limits for it. Begins with nobody.</summary>
public sealed class PresenceTracker
{
    /// <summary>
    /// The most that one frame weighs against all before it: after a pause, or in a stream of a frame a second, no single mistake makes an
    /// event.
    /// </summary>
    private const double MostWeight = 0.5;

    private readonly TimeSpan _smoothing;
    private TimeSpan? _time;
    private TimeSpan _since;

    /// <summary>A tracker for one stream.</summary>
    /// <param name="threshold">The package's, 0 to 1.</param>
    /// <param name="options">How answers become events.</param>
    /// <exception cref="ArgumentException">The options have a fault, or the threshold is not from 0 to 1.</exception>
    public PresenceTracker(double threshold, WatchOptions options)
    {
        if ((options.Fault() ?? (threshold is >= 0 and <= 1 ? null : $"a threshold of {threshold} is outside 0 to 1")) is { } fault)
        {
            throw new ArgumentException($"{fault}.", nameof(options));
        }

        _smoothing = options.Smoothing;

        // Halfway to 0 and 1 at most, so that both stay within reach of an average whatever the threshold.
        Enter = Math.Min(threshold + (options.Hysteresis / 2), (1 + threshold) / 2);
        Leave = Math.Max(threshold - (options.Hysteresis / 2), threshold / 2);
    }

    /// <summary>The smoothed probability from which on a person is there, 0 to 1.</summary>
    public double Enter { get; }

    /// <summary>The smoothed probability below which nobody is there any more, 0 to 1.</summary>
    public double Leave { get; }

    /// <summary>The average so far, 0 to 1.</summary>
    public double Smoothed { get; private set; }

    /// <summary>Whether a person is there.</summary>
    public bool IsPerson { get; private set; }

    /// <summary>Takes the next answer; returns an event where it changes the state, else null.</summary>
    /// <exception cref="ArgumentException">It is older than the one before.</exception>
    public PersonEvent? Add(FramePrediction frame)
    {
        var past = _time is { } before ? frame.Time - before : TimeSpan.MaxValue;
        if (past < TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"Frame {frame.Index} is of {frame.Time.TotalSeconds} s, the one before it of {_time!.Value.TotalSeconds} s: time runs "
                    + $"forward.",
                nameof(frame)
            );
        }

        _time = frame.Time;
        var weight = _smoothing == TimeSpan.Zero ? 1 : Math.Min(MostWeight, 1 - Math.Exp(-past.TotalSeconds / _smoothing.TotalSeconds));
        Smoothed += weight * (frame.Prediction.Probability - Smoothed);
        var isPerson = IsPerson ? Smoothed >= Leave : Smoothed >= Enter;
        if (isPerson == IsPerson)
        {
            return null;
        }

        var change = new PersonEvent(isPerson, frame.Time, frame.Index, frame.Prediction.Probability, Smoothed, frame.Time - _since);
        (IsPerson, _since) = (isPerson, frame.Time);
        return change;
    }
}
