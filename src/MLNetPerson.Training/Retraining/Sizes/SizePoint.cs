using System.Globalization;
using MLNetPerson.Benchmarking;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Retraining.Sizes;

/// <summary>One model of a frontier: what it costs and what it gives.</summary>
/// <param name="Side">Of its square input, in pixels.</param>
/// <param name="Encoding">Its numbers.</param>
/// <param name="Accuracy">On pictures that had no part in it.</param>
/// <param name="RocAuc">On the same; null where they are of one class.</param>
/// <param name="Timing">On this machine, beside all others.</param>
/// <param name="Bytes">Of its file.</param>
/// <param name="Macs">Multiply-accumulates for one picture.</param>
public sealed record SizePoint(
    int Side,
    string Encoding,
    PackageMetric Accuracy,
    PackageMetric? RocAuc,
    EncodingTiming Timing,
    long Bytes,
    long Macs
)
{
    /// <summary>Another point that is no worse in anything and better in something; null on the frontier.</summary>
    public string? DominatedBy { get; init; }

    /// <summary>For example "224 int8".</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Side} {Encoding}");

    /// <summary>The time that points are compared by: file to answer, median.</summary>
    public double Milliseconds => Timing.EndToEnd.P50;

    /// <summary>No worse in accuracy, time and size, and better in one of them.</summary>
    public bool Dominates(SizePoint other) =>
        Accuracy.Value >= other.Accuracy.Value
        && Milliseconds <= other.Milliseconds
        && Bytes <= other.Bytes
        && (Accuracy.Value > other.Accuracy.Value || Milliseconds < other.Milliseconds || Bytes < other.Bytes);
}
