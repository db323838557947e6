namespace MLNetPerson.Streaming;

/// <summary>How the watching of a stream stands.</summary>
/// <param name="Answered">Frames that were answered.</param>
/// <param name="Dropped">Frames that were not, because a newer one came before their turn.</param>
/// <param name="FramesPerSecond">Answers a second, over the last second or so.</param>
/// <param name="Time">Of the last frame, since the stream began.</param>
/// <param name="Probability">Of the last frame alone, 0 to 1.</param>
/// <param name="Smoothed">Averaged over time, 0 to 1.</param>
/// <param name="IsPerson">Whether a person is there.</param>
public sealed record WatchStatus(
    long Answered,
    long Dropped,
    double FramesPerSecond,
    TimeSpan Time,
    float Probability,
    double Smoothed,
    bool IsPerson
);
