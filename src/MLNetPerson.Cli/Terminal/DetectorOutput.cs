using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Evaluation;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Terminal;

/// <summary>What was measured of a detector, as text and as JSON.</summary>
internal static class DetectorOutput
{
    public static void WriteText(DetectionReport report)
    {
        void Row(string name, Estimate estimate) =>
            Line($"{name,-34}{estimate.Value,7:0.0000}  ({estimate.Interval.Low:0.0000}–{estimate.Interval.High:0.0000})");

        Row("AP at overlap 0.5", report.Ap50);
        Row("AP at overlap 0.75", report.Ap75);
        Row("AP, overlaps 0.5 to 0.95", report.Ap);
        Row("  small (below 32² pixels)", report.ApSmall);
        Row("  medium", report.ApMedium);
        Row("  large (above 96² pixels)", report.ApLarge);
        Row(FormattableString.Invariant($"recall at {report.FalsePerPicture} false a picture"), report.Recall);
        Row("log-average miss rate", report.LogAverageMissRate);
        Line(
            $"{report.Persons} persons in {report.Pictures} pictures, {report.Found} boxes found, {report.Ignored} annotated boxes ignored"
        );
    }

    public static object Json(DetectionReport report) =>
        new
        {
            report.Pictures,
            report.Persons,
            report.Ignored,
            report.Found,
            Metrics = report.Values.ToDictionary(
                entry => entry.Key,
                entry => new
                {
                    entry.Value.Value,
                    entry.Value.Interval.Low,
                    entry.Value.Interval.High,
                }
            ),
            report.FalsePerPicture,
            report.RecallThreshold,
        };

    /// <summary>Says on stderr that pictures were left out because nobody knows where their person is.</summary>
    public static void WriteLeftOut(BoxedDataset? dataset)
    {
        if (dataset is { LeftOut: [var first, ..] })
        {
            Console.Error.WriteLine(
                $"{dataset.LeftOut.Length} {(dataset.LeftOut.Length == 1 ? "picture shows" : "pictures show")} a person by the label but "
                    + $"have no box, so they were left out; the first is '{first.File}'."
            );
        }
    }

    public static void WriteEncodings(DetectorQuantizeResult? result)
    {
        foreach (var one in result?.Written ?? [])
        {
            Line(
                $"{one.Encoding,-16}{one.Bytes / 1e6,6:0.00} MB  AP50 {one.Ap50:0.0000} ({one.Points:+0.00;-0.00;0.00} points)  ",
                $"{one.Latency[0].P50,7:0.00} ms, {one.Latency[0].Speed:0.00} times as fast as float32, one thread"
            );
        }

        foreach (var refused in result?.Refused ?? [])
        {
            Console.Error.WriteLine($"refused: {refused.Encoding}: {refused.Reason}");
        }
    }
}
