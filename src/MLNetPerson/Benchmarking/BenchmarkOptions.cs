using System.Collections.Immutable;

namespace MLNetPerson.Benchmarking;

/// <summary>What to time, and how long.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>Encodings to time; empty for all of the package.</summary>
    public ImmutableArray<string> Encodings { get; init; } = [];

    /// <summary>Threads that share a prediction, each count a measurement of its own. Range [1, ∞); empty for one and all cores.</summary>
    public ImmutableArray<int> Threads { get; init; } = [];

    /// <summary>Time for each measurement, after warming up; slow models get more, until the 95th percentile has an interval. Range (0,
    /// 3600].</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (Threads.IsDefault || Threads.Any(count => count < 1))
        {
            faults.Add("a number of threads is below 1");
        }

        if (Seconds is not (> 0 and <= 3600))
        {
            faults.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Seconds} seconds are outside 0 to 3600"));
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
