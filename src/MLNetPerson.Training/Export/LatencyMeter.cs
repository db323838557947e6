using System.Diagnostics;
using MLNetPerson.Benchmarking;
using MLNetPerson.Inference;

namespace MLNetPerson.Training.Export;

/// <summary>Times two models in turns, so that what disturbs the machine disturbs both.</summary>
internal static class LatencyMeter
{
    private const int WarmUp = 5;
    private const int Rounds = 8;

    /// <summary>Runs of one model before the other has its turn: as many as let it have the caches to itself again, as it has on a device.</summary>
    private const int RunsPerRound = 25;

    /// <summary>Times an encoding beside the float model on one picture.</summary>
    /// <param name="floatModel">The float file.</param>
    /// <param name="encoded">The encoding's file.</param>
    /// <param name="pixels">A picture.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="threads">That share a run.</param>
    public static LatencyReport Compare(byte[] floatModel, byte[] encoded, byte[] pixels, long[] shape, int threads)
    {
        // Several threads spin, as on a device that does nothing else.
        var options = new OnnxModelOptions { Threads = threads, Spin = threads > 1 };
        using var first = OnnxModel.Load(floatModel, "float32", options);
        using var second = OnnxModel.Load(encoded, "encoding", options);
        var (ofFirst, ofSecond) = (new List<double>(), new List<double>());
        var output = new float[1];
        for (var round = -1; round < Rounds; round++)
        {
            Time(first, ofFirst, round);
            Time(second, ofSecond, round);
        }

        var (ours, exact) = (LatencySummary.Of(ofSecond), LatencySummary.Of(ofFirst));
        return new LatencyReport(threads, ours.P50, ours.P95, exact.P50, exact.P95);

        void Time(OnnxModel model, List<double> times, int round)
        {
            for (var run = 0; run < (round < 0 ? WarmUp : RunsPerRound); run++)
            {
                var start = Stopwatch.GetTimestamp();
                model.Run<byte>(pixels, shape, output);
                if (round >= 0)
                {
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }
    }
}
