using System.Collections.Immutable;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Bundles;

/// <summary>
/// Estimates frame rates on boards from multiply-accumulates: time = multiply-accumulates / rate, with the rates that others published for
/// networks of the same kind (pointwise and depthwise convolutions). The range runs from the fastest published rate to the slowest, the
/// latter slowed down once more where it is not ONNX Runtime's. Every constant stands with its source in
/// models/devices/published-timings.csv.
/// </summary>
public static class FrameRateEstimator
{
    /// <summary>
    /// How much slower ONNX Runtime is than ncnn on the smallest network that was measured in both on one board: YOLOX-Nano in float on a
    /// Raspberry Pi 5, 21.3 against 30.7 pictures a second (visionanalysis.org).
    /// </summary>
    public const double OnnxRuntimeHandicap = 30.7 / 21.3;

    /// <summary>What integers gained at the least among the timings: MobileNet v1 in ncnn on a Raspberry Pi 4, 61.17 against 34.37
    /// ms.</summary>
    public const double LeastGainOfIntegers = 61.17 / 34.37;

    /// <summary>How the numbers come about, for a reader.</summary>
    public const string Method =
        "ESTIMATE, not measured: multiply-accumulates divided by rates that others published for networks of the same kind on this board, "
        + "four threads, the model alone. "
        + "From the fastest published rate to the slowest, the latter slowed down by 1.44 where it is not ONNX Runtime's (what ncnn gained "
        + "over ONNX Runtime on YOLOX-Nano). "
        + "On the Raspberry Pi 5 the slowest integer rate is ONNX Runtime's float rate times 1.78, the least that integers gained among "
        + "the timings. Decoding and resizing come on top.";

    private const double ThousandMillion = 1e9;

    /// <summary>The boards there are numbers for.</summary>
    public static ImmutableSortedDictionary<string, string> Boards { get; } =
        ImmutableSortedDictionary<string, string>.Empty.Add("pi4", "Raspberry Pi 4 (Cortex-A72)").Add("pi5", "Raspberry Pi 5 (Cortex-A76)");

    /// <summary>Estimates one encoding on one board.</summary>
    /// <param name="board">A key of <see cref="Boards"/>.</param>
    /// <param name="encoding">Integers calculate at one rate, all others at float's.</param>
    /// <param name="macs">Multiply-accumulates for one picture.</param>
    /// <exception cref="BundleException">There is no such board.</exception>
    public static FrameRateEstimate Estimate(string board, string encoding, long macs)
    {
        var title =
            Boards.GetValueOrDefault(board)
            ?? throw new BundleException(
                $"There are no published timings of a board '{board}'. There are: {string.Join(", ", Boards.Keys)}."
            );
        var (slow, fast) = Rates(board, encoding is PackageEncoding.Int8 or PackageEncoding.Int8Portable ? "int8" : "float");
        return new FrameRateEstimate(board, title, encoding, 4, Milliseconds(macs, fast), Milliseconds(macs, slow));
    }

    /// <summary>Slowest and fastest rate in thousand million multiply-accumulates a second.</summary>
    /// <param name="board">A key of <see cref="Boards"/>.</param>
    /// <param name="numbers">"float" or "int8".</param>
    public static (double Slow, double Fast) Rates(string board, string numbers)
    {
        var timings = PublishedTiming
            .All.Where(timing => timing.Board == board && timing.Numbers == numbers && timing.Use == "derive")
            .ToList();
        var fast = timings.Max(timing => timing.Rate);
        var own = timings.Where(timing => timing.Runtime == "ONNX Runtime").ToList();
        return own.Count > 0 ? (own.Min(timing => timing.Rate), fast)
            : numbers == "int8" && PublishedTiming.All.Any(timing => timing.Board == board && timing.Runtime == "ONNX Runtime")
                ? (Rates(board, "float").Slow * LeastGainOfIntegers, fast)
            : (timings.Min(timing => timing.Rate) / OnnxRuntimeHandicap, fast);
    }

    private static double Milliseconds(long macs, double rate) => macs / ThousandMillion / rate * 1000;
}
