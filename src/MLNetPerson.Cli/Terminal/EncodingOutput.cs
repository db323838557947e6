using System.Globalization;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Terminal;

/// <summary>What became of encodings, as a table or as JSON.</summary>
internal static class EncodingOutput
{
    public static void Write(QuantizeResult result, PackageManifest manifest, bool json)
    {
        EvaluationOutput.WriteSkipped(result.Skipped);
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    result.Package,
                    result.Written,
                    result.Refused,
                    result.UpToDate,
                    Skipped = result.Skipped.Select(skip => new { skip.Sample.File, skip.Reason }),
                }
            );
        }
        else
        {
            WriteText(result, manifest);
        }

        WriteRefused(result);
    }

    /// <summary>The encodings that the gate kept out, on stderr.</summary>
    public static void WriteRefused(QuantizeResult? result)
    {
        foreach (var refused in result?.Refused ?? [])
        {
            Console.Error.WriteLine($"refused: {refused.Encoding}: {refused.Reason}");
        }
    }

    /// <summary>The table, what was done for accuracy, and which encoding this machine will use.</summary>
    public static void WriteText(QuantizeResult result, PackageManifest manifest)
    {
        WriteTable(result.Written, manifest);
        foreach (var report in result.Written)
        {
            WriteDetails(report, result.UpToDate.Contains(report.Encoding));
        }

        var choice = EncodingChoice.Of(manifest, CpuFeatures.Current);
        Line($"Here the package runs as {choice.Encoding.Name}: {choice.Reason}.");
    }

    /// <summary>As JSON, a part of a larger object.</summary>
    public static object? ToJson(QuantizeResult? result) => result is null ? null : new { result.Written, result.Refused };

    private static void WriteTable(IReadOnlyList<EncodingReport> reports, PackageManifest manifest)
    {
        if (reports.Count == 0)
        {
            return;
        }

        var first = reports[0];
        Line(
            $"Encodings of {manifest.Name} at {manifest.Input.Width} x {manifest.Input.Height}, on {first.Samples} pictures ",
            $"{(first.Source == EncodingReport.HeldOut ? "neither trained nor calibrated on" : "not calibrated on")}; times are for ",
            $"the model alone:"
        );
        var threads = first.Latency.Select(latency => latency.Threads).ToList();
        Line(
            $"{"",-14}{"MB",6}  {"accuracy (95 %)",-24}{"points",7}{"p",6}  {"ROC AUC",8}{"change",9}",
            $"{string.Concat(threads.Select(count => $"{$"p50/p95 ms, {count} thr.",22}{"speed",7}"))}"
        );
        Line(
            $"{PackageEncoding.Float32,-14}{first.FloatBytes / 1e6,6:0.00}  {first.FloatAccuracy,-24}{"",7}{"",6}  ",
            $"{first.FloatRocAuc?.Value,8:0.0000}{"",9}",
            $"{string.Concat(first.Latency.Select(latency => $"{Times(latency.FloatP50, latency.FloatP95),22}{"",7}"))}"
        );
        foreach (var report in reports)
        {
            var latencies = report.Latency.Select(latency =>
                $"{Times(latency.P50, latency.P95),22}{Number(latency.Speed, "0.00") + "x",7}"
            );
            Line(
                $"{report.Encoding,-14}{report.Bytes / 1e6,6:0.00}  {report.Accuracy,-24}{Signed(report.Points, "0.00"),7}",
                $"{Number(report.PValue, "0.00"),6}  {report.RocAuc?.Value,8:0.0000}",
                $"{Signed(report.RocAucDifference?.Value ?? double.NaN, "0.0000"),9}",
                $"{string.Concat(latencies)}"
            );
        }
    }

    private static void WriteDetails(EncodingReport report, bool upToDate)
    {
        var floats =
            report.FloatNodes.Count == 0 ? "none" : string.Join(", ", report.FloatNodes.Select(node => $"{node.Value} {node.Key}"));
        Line(
            $"{report.Encoding}{(upToDate ? " (there already)" : "")}: {report.Lost} answers lost and {report.Gained} won against float; ",
            $"probabilities differ by {report.MeanProbabilityDifference:0.0000} on average, ",
            $"{report.LargestProbabilityDifference:0.0000} at most."
        );
        foreach (var latency in report.Latency.Where(latency => latency.Speed < 1))
        {
            Line(
                $"  slower than float here: {Number(latency.Speed, "0.00")} of its speed at {latency.Threads} ",
                $"thread{(latency.Threads == 1 ? "" : "s")}; it saves {(report.FloatBytes - report.Bytes) / 1e6:0.00} MB, not time"
            );
        }

        if (report.IntegerNodes.Any(node => node.Key.StartsWith('Q')))
        {
            Line($"  on integers: {string.Join(", ", report.IntegerNodes.Select(node => $"{node.Value} {node.Key}"))}; in float: {floats}");
        }

        if (report.Recovery.Length > 0)
        {
            Line($"  for accuracy: {string.Join("; ", report.Recovery)}");
        }

        if (report.WorstTensors.Length > 0)
        {
            var shared = SharedLength([.. report.WorstTensors.Select(tensor => tensor.Tensor)]);
            var worst = report.WorstTensors.Take(3).Select(tensor => $"{tensor.Tensor[shared..]} {Number(tensor.Decibels, "0.0")} dB");
            Line($"  most rounded: {string.Join(", ", worst)}");
        }
    }

    /// <summary>How much of long names, up to a slash, all have in common: the network's own prefix says nothing.</summary>
    private static int SharedLength(string[] names)
    {
        var length = 0;
        for (var i = 0; names.Length > 1 && i < names[0].Length && names.All(name => i < name.Length && name[i] == names[0][i]); i++)
        {
            length = names[0][i] == '/' ? i + 1 : length;
        }

        return length;
    }

    private static string Times(double p50, double p95) => string.Create(CultureInfo.InvariantCulture, $"{p50:0.00}/{p95:0.00}");

    private static string Signed(double value, string format) =>
        double.IsNaN(value) ? "" : value.ToString($"+{format};-{format};{format}", CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
