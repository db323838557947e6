namespace MLNetPerson.Training.Bundles;

/// <summary>How fast a model may be on a board that nobody measured it on. An estimate, and to be called one wherever it is
/// shown.</summary>
/// <param name="Board">"pi4" or "pi5".</param>
/// <param name="Title">For a reader.</param>
/// <param name="Encoding">Of the model.</param>
/// <param name="Threads">That share a run: all of the board's cores.</param>
/// <param name="LowMilliseconds">One picture through the model alone, at the fastest rate published for such networks.</param>
/// <param name="HighMilliseconds">The same at the slowest.</param>
public sealed record FrameRateEstimate(
    string Board,
    string Title,
    string Encoding,
    int Threads,
    double LowMilliseconds,
    double HighMilliseconds
)
{
    /// <summary>Pictures a second at the slowest rate.</summary>
    public double LowPerSecond => 1000 / HighMilliseconds;

    /// <summary>Pictures a second at the fastest rate.</summary>
    public double HighPerSecond => 1000 / LowMilliseconds;
}
