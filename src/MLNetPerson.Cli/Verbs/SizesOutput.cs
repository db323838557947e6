using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Timing;
using MLNetPerson.Training.Retraining.Sizes;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Verbs;

/// <summary>A frontier of sizes as a table or as JSON.</summary>
internal static class SizesOutput
{
    public static void Write(SizeFrontier frontier, SizeOptions options, bool json)
    {
        EvaluationOutput.WriteSkipped(frontier.Skipped);
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    Recipe = options.Recipe.Name,
                    Cpu = CpuFeatures.Current,
                    Cores = Environment.ProcessorCount,
                    OnnxRuntime = OnnxModel.RuntimeVersion,
                    options.Threads,
                    frontier.Metrics.Source,
                    frontier.Metrics.Samples,
                    frontier.UpToDate,
                    Points = frontier.Points.Select(point => new
                    {
                        point.Side,
                        point.Encoding,
                        point.Accuracy,
                        point.RocAuc,
                        point.Timing.EndToEnd,
                        point.Timing.Model,
                        point.Bytes,
                        point.Macs,
                        OnFrontier = point.DominatedBy is null,
                        point.DominatedBy,
                    }),
                }
            );
            return;
        }

        Line(
            $"{options.Recipe.Name} at {frontier.Points.Select(point => point.Side).Distinct().Count()} sizes, on ",
            $"{frontier.Metrics.Samples} ",
            $"{(frontier.Metrics.Source == "held-out" ? "held-out pictures" : "pictures by cross-validation")}; times on ",
            $"{CpuFeatures.Current}, {options.Threads} thread{(options.Threads == 1 ? "" : "s")}, ONNX Runtime ",
            $"{OnnxModel.RuntimeVersion}"
        );
        Line($"{"",4} {"",-14}{"",-26}{"",9}{"file to answer, ms",-31}{"model alone, ms",-20}{"",6}{"",8}");
        Line(
            $"{"size",4} {"encoding",-14}{"accuracy (95 %)",-26}{"ROC AUC",-9}{"p50 (95 %)",-22}{"p95",7}  {"p50 (95 %)",-20}",
            $"{"MB",6}{"M MACs",8}"
        );
        foreach (var point in frontier.Points)
        {
            Line(
                $"{point.Side,4} {point.Encoding,-14}{point.Accuracy,-26}{point.RocAuc?.Value,-9:0.0000}",
                $"{Times(point.Timing.EndToEnd),-22}{point.Timing.EndToEnd.P95,7:0.00}  {Times(point.Timing.Model),-20}",
                $"{point.Bytes / 1e6,6:0.00}{point.Macs / 1e6,8:0}  ",
                $"{(point.DominatedBy is { } better ? $"no better than {better}" : "on the frontier")}"
            );
        }

        Line(
            $"On the frontier: nothing else is at least as accurate, as fast and as small. Intervals overlap where sizes are neighbours: ",
            $"a difference within them is no difference."
        );
        Line(
            $"These are this machine's times. For a device: export, and its self-test there; or retrain --budget-ms N --budget-on pi4 by ",
            $"ESTIMATE."
        );
    }

    /// <summary>How a budget was met.</summary>
    public static void WriteText(PackageBudget budget, BudgetTrial? asWritten)
    {
        var estimated = budget.Basis == PackageBudget.Estimated;
        Line($"Budget of {budget.Milliseconds} ms as {budget.Encoding} on {budget.Machine}, {budget.Basis}: {budget.What}.");
        foreach (var trial in budget.Trials)
        {
            Line(
                $"  {trial.Side,4}  {(estimated ? "ESTIMATE " : "p95 ")}{trial.Milliseconds:0.00} ms ",
                $"({trial.Low:0.00}–{trial.High:0.00})  {(trial.Fits ? "fits" : "too slow"),-10}",
                $"{(trial.Accuracy is { } accuracy ? $"accuracy {accuracy} by cross-validation" : "")}",
                $"{(trial.Side == budget.Side ? "  <- chosen: the most accurate that fits" : "")}"
            );
        }

        if (asWritten is not null)
        {
            Line($"  as written: p95 {asWritten.Milliseconds:0.00} ms ({asWritten.Low:0.00}–{asWritten.High:0.00})");
        }

        Line(
            estimated
                ? (FormattableString)$"Nobody measured that. On the device: mlnetperson export, then node selftest.js --time 10 there."
                : $"Another machine's times are others, a Raspberry Pi's above all: measure there, or estimate by --budget-on pi4."
        );
    }

    private static string Times(LatencySummary times) =>
        string.Create(CultureInfo.InvariantCulture, $"{times.P50:0.00} ({times.P50Low:0.00}–{times.P50High:0.00})");
}
