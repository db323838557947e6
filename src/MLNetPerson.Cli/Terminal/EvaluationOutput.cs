using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Terminal;

/// <summary>An evaluation as text and as JSON.</summary>
internal static class EvaluationOutput
{
    private const int MostSkippedShown = 20;

    public static void WriteText(EvaluationReport report)
    {
        var confusion = report.Confusion;
        foreach (var (name, estimate) in Named(report))
        {
            Line($"{name,-28}{estimate.Value,7:0.0000}  ({estimate.Interval.Low:0.0000}–{estimate.Interval.High:0.0000})");
        }

        Line($"{"expected calibration error",-28}{report.ExpectedCalibrationError,7:0.0000}");
        Line($"{"threshold",-28}{report.Threshold,7:0.0000}");
        Line($"{"",-28}{"says person",14}{"says none",14}");
        Line($"{"is a person",-28}{confusion.TruePositive,14}{confusion.FalseNegative,14}");
        Line($"{"is none",-28}{confusion.FalsePositive,14}{confusion.TrueNegative,14}");
    }

    public static void WriteJson(PackageEvaluation evaluation, string encoding, IReadOnlyCollection<SliceResult> slices)
    {
        var report = evaluation.Report;
        JsonOutput.Write(
            new
            {
                Samples = report.Confusion.Total,
                Encoding = encoding,
                Accuracy = report.Accuracy.Value,
                AccuracyInterval = Ends(report.Accuracy),
                Precision = report.Precision.Value,
                PrecisionInterval = Ends(report.Precision),
                Recall = report.Recall.Value,
                RecallInterval = Ends(report.Recall),
                F1 = report.F1.Value,
                F1Interval = Ends(report.F1),
                RocAuc = report.RocAuc.Value,
                RocAucInterval = Ends(report.RocAuc),
                AveragePrecision = report.AveragePrecision.Value,
                AveragePrecisionInterval = Ends(report.AveragePrecision),
                LogLoss = report.LogLoss.Value,
                LogLossInterval = Ends(report.LogLoss),
                Brier = report.Brier.Value,
                BrierInterval = Ends(report.Brier),
                report.ExpectedCalibrationError,
                report.Threshold,
                Confusion = report.Confusion with { } is var counts
                    ? new
                    {
                        counts.TruePositive,
                        counts.FalsePositive,
                        counts.TrueNegative,
                        counts.FalseNegative,
                    }
                    : null,
                Skipped = evaluation.Skipped.Select(skip => new { skip.Sample.File, skip.Reason }),
                evaluation.ImagesPerSecond,
                Slices = slices.Count == 0 ? null : slices.Select(SliceOutput.Json),
            }
        );
    }

    /// <summary>Lists pictures that could not be used, on stderr.</summary>
    public static void WriteSkipped(IReadOnlyCollection<SkippedSample> skipped)
    {
        if (skipped.Count == 0)
        {
            return;
        }

        Console.Error.WriteLine(skipped.Count == 1 ? "1 picture was skipped:" : $"{skipped.Count} pictures were skipped:");
        foreach (var skip in skipped.Take(MostSkippedShown))
        {
            Console.Error.WriteLine($"  {skip.Sample.File}: {skip.Reason}");
        }

        if (skipped.Count > MostSkippedShown)
        {
            Console.Error.WriteLine($"  and {skipped.Count - MostSkippedShown} more; --json lists all.");
        }
    }

    private static IEnumerable<(string Name, Estimate Estimate)> Named(EvaluationReport report) =>
        [
            ("accuracy", report.Accuracy),
            ("precision", report.Precision),
            ("recall", report.Recall),
            ("F1", report.F1),
            ("ROC AUC", report.RocAuc),
            ("average precision", report.AveragePrecision),
            ("log loss", report.LogLoss),
            ("Brier score", report.Brier),
        ];

    private static double[] Ends(Estimate estimate) => [estimate.Interval.Low, estimate.Interval.High];
}
