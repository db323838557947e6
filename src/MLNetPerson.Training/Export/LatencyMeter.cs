using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Timing;

namespace MLNetPerson.Training.Export;

/// <summary>Times two models in turns, so that what disturbs the machine disturbs both.</summary>
internal static class LatencyMeter
{
    /// <summary>Of each model, however long they take; some 25 in each turn let it have the caches to itself again, as it has on a
    /// device.</summary>
    private const int Runs = 200;

    /// <summary>Times an encoding beside the float model on one picture.</summary>
    /// <param name="floatModel">The float file.</param>
    /// <param name="encoded">The encoding's file.</param>
    /// <param name="name">The encoding's name.</param>
    /// <param name="pixels">A picture.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="threads">That share a run.</param>
    public static LatencyReport Compare(byte[] floatModel, byte[] encoded, string name, byte[] pixels, long[] shape, int threads)
    {
        // Several threads spin, as on a device that does nothing else.
        var options = new OnnxModelOptions { Threads = threads, Spin = threads > 1 };
        using var first = OnnxModel.Load(floatModel, "float32", options);
        using var second = OnnxModel.Load(encoded, name, options with { ExactIntegers = name != PackageEncoding.Int8Portable });
        var output = new float[1];
        var times = Turns.Measure(
            [() => first.Run<byte>(pixels, shape, output), () => second.Run<byte>(pixels, shape, output)],
            seconds: 0,
            leastRuns: Runs
        );
        var (exact, ours) = (times[0], times[1]);
        return new LatencyReport(threads, ours.P50, ours.P95, exact.P50, exact.P95);
    }
}
