using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Timing;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Verbs;

/// <summary>How fast a package is, as one table or as JSON.</summary>
internal static class BenchOutput
{
    public static void Write(ModelPackage package, IReadOnlyList<EncodingTiming> timings, IReadOnlyList<FreshStart> starts, bool json)
    {
        var (manifest, cpu) = (package.Manifest, CpuFeatures.Current);
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    package.Folder,
                    manifest.Input.Width,
                    manifest.Input.Height,
                    Cpu = cpu,
                    Cores = Environment.ProcessorCount,
                    OnnxRuntime = OnnxModel.RuntimeVersion,
                    Timings = timings.Zip(
                        starts,
                        (timing, start) =>
                            new
                            {
                                timing.Encoding,
                                timing.Threads,
                                timing.Model,
                                timing.EndToEnd,
                                timing.PicturesPerSecond,
                                timing.PicturesPerSecondLow,
                                timing.PicturesPerSecondHigh,
                                Fresh = start,
                            }
                    ),
                }
            );
            return;
        }

        Line(
            $"{manifest.Name}, {manifest.Input.Width} x {manifest.Input.Height}, on {cpu}, {Environment.ProcessorCount} cores, ONNX ",
            $"Runtime {OnnxModel.RuntimeVersion}"
        );
        Line(
            $"{"",-14}{"",8}{"model alone, ms",-43}{"file to answer, ms",-43}{"pictures a second",-21}{"cold start, ms",-20}",
            $"{"peak",7}"
        );
        Line($"{"",-14}{"threads",7} {Heads,-43}{Heads,-43}{"median (95 %)",-21}{"median (range)",-20}{"MB",7}");
        foreach (var (timing, start) in timings.Zip(starts))
        {
            var rate = Span(timing.PicturesPerSecond, timing.PicturesPerSecondLow, timing.PicturesPerSecondHigh, "0");
            Line(
                $"{timing.Encoding,-14}{timing.Threads,7} {Times(timing.Model),-43}{Times(timing.EndToEnd),-43}{rate,-21}",
                $"{Span(start.ColdStartMilliseconds, start.ColdStartLow, start.ColdStartHigh, "0"),-20}{start.PeakMegabytes,7:0}"
            );
        }

        Line(
            $"In brackets 95 % intervals; p95 has one too, and p99 where there were runs enough (--json). Runs: ",
            $"{timings.Min(timing => Math.Min(timing.Model.Runs, timing.EndToEnd.Runs))} or more of each, in turns, after warming up."
        );
        Line(
            $"Pictures a second: as many at a time as the cores allow. Cold: from loading the package to the first answer, in ",
            $"{starts[0].Starts} processes of their own; peak: their largest memory after 20 answers."
        );
    }

    private static string Heads => $"{"p50 (95 %)",-19}{"p95",8}{"p99",8}";

    private static string Times(LatencySummary times) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Span(times.P50, times.P50Low, times.P50High, "0.00"),-19}{times.P95,8:0.00}{times.P99,8:0.00}"
        );

    private static string Span(double value, double low, double high, string format) =>
        $"{value.ToString(format, CultureInfo.InvariantCulture)} ({low.ToString(format, CultureInfo.InvariantCulture)}–"
        + $"{high.ToString(format, CultureInfo.InvariantCulture)})";
}
