namespace MLNetPerson.Streaming;

/// <summary>How a stream's answers become events.</summary>
public sealed record WatchOptions
{
    /// <summary>
    /// Time constant of the exponential average over probabilities: how long a change takes to be believed. Range [0, 1 minute]. It counts
    /// time, not frames, so that dropped frames change little.
    /// </summary>
    public TimeSpan Smoothing { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Distance of the smoothed probability at which a person is reported from the one at which nobody is, around the package's threshold:
    /// keeps a probability near the threshold from making an event of each of its moves. Range [0, 1).
    /// </summary>
    public double Hysteresis { get; init; } = 0.2;

    /// <summary>Whether a frame that comes while another is worked on replaces the one that waits. For live streams; a recording can
    /// wait.</summary>
    public bool DropFrames { get; init; } = true;

    /// <summary>What is wrong with the values, or null.</summary>
    public string? Fault() =>
        Smoothing < TimeSpan.Zero || Smoothing > TimeSpan.FromMinutes(1) ? $"a smoothing of {Smoothing.TotalSeconds} s is outside 0 to 60"
        : Hysteresis is not (>= 0 and < 1) ? $"a hysteresis of {Hysteresis} is outside 0 to below 1"
        : null;
}
