using System.Diagnostics;

namespace MLNetPerson.Benchmarks;

/// <summary>Times in a way that a noisy machine cannot spoil much: interleaved rounds, medians.</summary>
internal static class Timing
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Runs the actions in turn, so that all see the same machine, and returns each one's median seconds.</summary>
    public static double[] InTurn(int rounds, params Action[] actions)
    {
        var seconds = actions.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < rounds; round++) // the first is for warming up
        {
            for (var i = 0; i < actions.Length; i++)
            {
                var watch = Stopwatch.StartNew();
                actions[i]();
                if (round >= 0)
                {
                    seconds[i].Add(watch.Elapsed.TotalSeconds);
                }
            }
        }

        return [.. seconds.Select(Median)];
    }
}
