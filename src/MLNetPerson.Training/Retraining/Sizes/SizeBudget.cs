using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Bundles;

namespace MLNetPerson.Training.Retraining.Sizes;

/// <summary>The time that an answer may take, and the sizes that may be chosen for it.</summary>
public sealed record SizeBudget
{
    /// <summary>The sizes that are tried where none are named.</summary>
    public static readonly ImmutableArray<int> DefaultSides = [96, 128, 160, 192, 224, 256, 288, 320];

    /// <summary>Milliseconds for one picture. Range (0, 60000].</summary>
    public required double Milliseconds { get; init; }

    /// <summary>Sides of square inputs in pixels: multiples of <see cref="SizeOptions.Step"/>.</summary>
    public ImmutableArray<int> Sides { get; init; } = DefaultSides;

    /// <summary>A board whose speed is estimated, a key of <see cref="FrameRateEstimator.Boards"/>; null for this machine,
    /// measured.</summary>
    public string? Board { get; init; }

    /// <summary>Time for each measurement. Range (0, 3600].</summary>
    public double Seconds { get; init; } = 1;

    /// <summary>Where models are kept whose accuracy is known already; null for a place in the cache folder.</summary>
    public string? WorkFolder { get; init; }

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (Milliseconds is not (> 0 and <= 60_000))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{Milliseconds} ms are outside 0 to 60000"));
        }

        if (SizeOptions.SidesFault(Sides) is { } sides)
        {
            faults.Add(sides);
        }

        if (Board is not null && !FrameRateEstimator.Boards.ContainsKey(Board))
        {
            faults.Add($"there are no published timings of a board '{Board}' ({string.Join(", ", FrameRateEstimator.Boards.Keys)})");
        }

        if (Seconds is not (> 0 and <= 3600))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{Seconds} seconds are outside 0 to 3600"));
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
