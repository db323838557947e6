namespace MLNetPerson.Timing;

/// <summary>How fast one encoding is on this machine.</summary>
/// <param name="Encoding">Its name.</param>
/// <param name="Threads">That share a prediction.</param>
/// <param name="Model">The model alone, from pixels to probability.</param>
/// <param name="EndToEnd">From a picture's file to its answer.</param>
/// <param name="PicturesPerSecond">From files to answers, as many at a time as the cores allow.</param>
public sealed record EncodingTiming(string Encoding, int Threads, LatencySummary Model, LatencySummary EndToEnd, double PicturesPerSecond)
{
    /// <summary>Lower end of the rate's 95 % interval.</summary>
    public double PicturesPerSecondLow { get; init; }

    /// <summary>Upper end of the rate's 95 % interval.</summary>
    public double PicturesPerSecondHigh { get; init; }
}
