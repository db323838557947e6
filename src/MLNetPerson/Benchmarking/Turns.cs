using System.Collections.Immutable;
using System.Diagnostics;

namespace MLNetPerson.Benchmarking;

/// <summary>Times several actions in turns, so that what disturbs the machine disturbs them all.</summary>
public static class Turns
{
    /// <summary>How often each action has its turn.</summary>
    private const int Count = 8;

    /// <summary>.NET compiles a method for good after 30 calls.</summary>
    private const int WarmUpRuns = 30;

    /// <summary>Share of the time that goes into warming up, where so many runs do not fill it.</summary>
    private const double WarmUpShare = 0.1;

    /// <summary>Times single runs: each action alone for a stretch, long enough to have the processor's caches to itself.</summary>
    /// <param name="runs">What to time.</param>
    /// <param name="seconds">For each action, after warming up.</param>
    /// <param name="leastRuns">Runs of each action, however long they take.</param>
    /// <param name="cancellation">Ends the work between two runs.</param>
    public static ImmutableArray<LatencySummary> Measure(
        IReadOnlyList<Action> runs,
        double seconds,
        int leastRuns = LatencySummary.RunsForP95,
        CancellationToken cancellation = default
    )
    {
        var times = runs.Select(_ => new List<double>()).ToList();
        foreach (var run in runs)
        {
            Repeat(run, seconds * WarmUpShare, WarmUpRuns, null, cancellation);
        }

        for (var turn = 0; turn < Count; turn++)
        {
            for (var i = 0; i < runs.Count; i++)
            {
                Repeat(runs[i], seconds / Count, (int)Math.Ceiling(leastRuns / (double)Count), times[i], cancellation);
            }
        }

        return [.. times.Select(LatencySummary.Of)];
    }

    /// <summary>Measures rates: each action is asked, several times in turn, how much it gets done in a second.</summary>
    /// <param name="rates">Work for so many seconds, and say how many units a second were done.</param>
    /// <param name="seconds">For each action.</param>
    /// <returns>By action the median over its turns, and the median's interval.</returns>
    public static ImmutableArray<(double Rate, double Low, double High)> Rates(IReadOnlyList<Func<double, double>> rates, double seconds)
    {
        var seen = rates.Select(_ => new List<double>()).ToList();
        for (var turn = 0; turn < Count; turn++)
        {
            for (var i = 0; i < rates.Count; i++)
            {
                seen[i].Add(rates[i](seconds / Count));
            }
        }

        return [.. seen.Select(LatencySummary.Of).Select(summary => (summary.P50, summary.P50Low, summary.P50High))];
    }

    private static void Repeat(Action run, double seconds, int leastRuns, List<double>? times, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        for (var done = 0; done < leastRuns || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; done++)
        {
            cancellation.ThrowIfCancellationRequested();
            var before = Stopwatch.GetTimestamp();
            run();
            times?.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
    }
}
