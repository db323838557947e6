using MLNetPerson.Cli.Terminal;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Tuning;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Verbs;

/// <summary>What a retrain did, as text or JSON.</summary>
internal static class RetrainOutput
{
    public static void Write(RetrainResult result, string? page, bool json, TunedRetrainResult? tuned = null)
    {
        EvaluationOutput.WriteSkipped(result.Skipped);
        var report = result.Evaluation;
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    result.Package,
                    Report = page,
                    Recipe = (string?)result.Export.Manifest.Recipe["name"],
                    result.Samples,
                    Evaluated = report.Confusion.Total,
                    EvaluationSource = result.EvaluationSource,
                    Accuracy = report.Accuracy.Value,
                    AccuracyInterval = (double[])[report.Accuracy.Interval.Low, report.Accuracy.Interval.High],
                    RocAuc = report.RocAuc.Value,
                    RocAucInterval = (double[])[report.RocAuc.Interval.Low, report.RocAuc.Interval.High],
                    report.Threshold,
                    result.Export.Manifest.Trainer,
                    result.Head.L2,
                    result.Export.ModelBytes,
                    result.Export.Manifest.Backbone.Macs,
                    result.Export.Manifest.Backbone.Parameters,
                    ParityDifference = result.Export.Parity.Difference,
                    result.FromCache,
                    result.Export.Manifest.Budget,
                    Balance = result.Balance is { } cost ? SliceOutput.Json(cost) : null,
                    Encodings = EncodingOutput.ToJson(result.Encodings),
                    Tuning = tuned is null ? null : Json(tuned),
                    Skipped = result.Skipped.Select(skip => new { skip.Sample.File, skip.Reason }),
                }
            );
            EncodingOutput.WriteRefused(result.Encodings);
            return;
        }

        var how =
            result.EvaluationSource == "held-out"
                ? "held-out pictures, which training never saw"
                : "pictures, each judged by a head fitted without it";
        Line($"Measured on {report.Confusion.Total} {how}:");
        EvaluationOutput.WriteText(report);
        if (result.Balance is { } balance)
        {
            SliceOutput.WriteText(balance);
        }

        Line(
            $"Trained on {result.Samples} pictures by {result.Export.Manifest.Trainer}, L2 {result.Head.L2}. The exported file reproduces ",
            $"the training path on {result.Export.Parity.Pictures} pictures within {result.Export.Parity.Difference:0.0e+0}."
        );
        Line(
            $"Package: {result.Package} ({result.Export.ModelBytes / 1e6:0.0} MB, {result.Export.Manifest.Backbone.Macs / 1e6:0} million ",
            $"multiply-accumulates a picture)"
        );
        if (tuned is not null)
        {
            Line($"{TunedReport.Lead(tuned)}");
            foreach (var note in tuned.Report.Notes)
            {
                Line($"Note: {note}.");
            }
        }

        if (page is not null)
        {
            Line($"{ReportChoice.Sentence(page)}");
        }

        if (result.Encodings is { } encodings)
        {
            Line($"");
            EncodingOutput.WriteText(encodings, ModelPackage.Open(result.Package).Manifest);
        }

        EncodingOutput.WriteRefused(result.Encodings);
    }

    public static void WriteRate(RateTestResult result, string? page, bool json)
    {
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    result.Suggested,
                    result.RecipeRate,
                    result.Grew,
                    Report = page,
                    result.Trials,
                }
            );
            return;
        }

        Line($"{result.Lead}");
        if (page is not null)
        {
            Line($"Curve: {page}");
        }
    }

    private static object Json(TunedRetrainResult tuned) =>
        new
        {
            FrozenAccuracy = tuned.Before.Accuracy.Value,
            FrozenRocAuc = tuned.Before.RocAuc.Value,
            tuned.Comparison.Gained,
            tuned.Comparison.Lost,
            tuned.Comparison.PValue,
            tuned.Report.Best,
            tuned.Report.Stopped,
            tuned.Report.PicturesPerSecond,
            tuned.Report.Epochs,
            tuned.Report.Notes,
        };
}
