using System.Globalization;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Export;

/// <summary>Decides whether an encoding is as good as it has to be.</summary>
internal static class EncodingGate
{
    /// <summary>The pictures that an encoding may lose on balance. One at least: fewer pictures than that say nothing.</summary>
    public static int Allowed(int samples, double maxDrop) => Math.Max(1, (int)Math.Floor(samples * maxDrop / 100));

    /// <summary>Null if it passes, else what was found and what was allowed.</summary>
    public static string? Fault(PairedComparison comparison, double maxDrop)
    {
        var (lost, allowed) = (comparison.Lost - comparison.Gained, Allowed(comparison.Samples, maxDrop));
        return lost <= allowed
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"it judges {lost} of {comparison.Samples} pictures more wrongly than float ({-100 * comparison.Difference:0.00} points), "
                    + $"{allowed} are allowed ({maxDrop} points)"
            );
    }
}
