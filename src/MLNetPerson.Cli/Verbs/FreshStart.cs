namespace MLNetPerson.Cli.Verbs;

/// <summary>What a process that does nothing else needs.</summary>
/// <param name="ColdStartMilliseconds">From loading the package to the first answer: the median over the starts.</param>
/// <param name="PeakMegabytes">Largest resident memory after some answers, of all starts.</param>
internal sealed record FreshStart(double ColdStartMilliseconds, double PeakMegabytes)
{
    /// <summary>Processes started.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>The quickest start: with six or more starts the lower end of an interval that has the median 95 times in 100.</summary>
    public double ColdStartLow { get; init; } = ColdStartMilliseconds;

    /// <summary>The slowest start.</summary>
    public double ColdStartHigh { get; init; } = ColdStartMilliseconds;

    /// <summary>Sums up several starts.</summary>
    public static FreshStart Of(IReadOnlyList<FreshStart> starts)
    {
        double[] cold = [.. starts.Select(start => start.ColdStartMilliseconds).Order()];
        return new FreshStart((cold[cold.Length / 2] + cold[(cold.Length - 1) / 2]) / 2, starts.Max(start => start.PeakMegabytes))
        {
            Starts = starts.Count,
            ColdStartLow = cold[0],
            ColdStartHigh = cold[^1],
        };
    }
}
