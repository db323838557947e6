using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson inspect PACKAGE</c>.</summary>
internal static class InspectVerb
{
    public static Command Create()
    {
        var (package, json) = (CommonOptions.Package(), CommonOptions.Json());
        var encoding = new Option<string?>("--encoding")
        {
            Description = "show layer by layer what this encoding runs in which type",
            HelpName = "name",
        };
        var verb = new Command(
            "inspect",
            "Verify a package's files and golden answers, and show what is in it.\n\nExample: mlnetperson inspect person\nExample: "
                + "mlnetperson inspect person --encoding int8"
        )
        {
            package,
            encoding,
            json,
        };
        verb.SetAction(
            (args, _) =>
                Guard.RunAsync(() =>
                {
                    var opened = ModelPackage.Open(args.GetRequiredValue(package));
                    if (args.GetValue(encoding) is { } name)
                    {
                        LayerOutput.Write(
                            opened.Encoding(name),
                            LayerInspector.Inspect(opened.ReadBytes(opened.Encoding(name).File), name),
                            args.GetValue(json)
                        );
                        return Task.FromResult(ExitCodes.Done);
                    }

                    var goldens = opened.Manifest.Encodings.SelectMany(encoding => GoldenCheck.Run(opened, encoding)).ToList();
                    if (args.GetValue(json))
                    {
                        WriteJson(opened, goldens);
                    }
                    else
                    {
                        WriteText(opened, goldens);
                    }

                    return Task.FromResult(goldens.All(golden => golden.IsRight) ? ExitCodes.Done : ExitCodes.Refused);
                })
        );
        return verb;
    }

    private static void WriteJson(ModelPackage package, List<GoldenResult> goldens)
    {
        var manifest = package.Manifest;
        JsonOutput.Write(
            new
            {
                package.Folder,
                manifest.Name,
                manifest.CreatedBy,
                manifest.Trainer,
                manifest.Threshold,
                manifest.ThresholdRule,
                Input = new
                {
                    manifest.Input.Width,
                    manifest.Input.Height,
                    Resize = manifest.Input.Resize.ToString().ToLowerInvariant(),
                },
                manifest.Budget,
                manifest.Backbone,
                manifest.Dataset,
                manifest.Metrics,
                Encodings = manifest.Encodings.Select(encoding => new
                {
                    encoding.Name,
                    encoding.File,
                    encoding.Tolerance,
                    encoding.Report,
                }),
                Files = manifest.Files.Select(file => new { file.Path, file.Bytes }),
                Goldens = goldens.Select(golden => new
                {
                    golden.Encoding,
                    golden.File,
                    golden.Promised,
                    golden.Given,
                    golden.IsRight,
                }),
            }
        );
    }

    private static void WriteText(ModelPackage package, List<GoldenResult> goldens)
    {
        var manifest = package.Manifest;
        Line($"{manifest.Name}  ({package.Folder})");
        Line($"  written by   {manifest.CreatedBy}, trainer {manifest.Trainer}, seed {manifest.Seed}");
        Line(
            $"  input        {manifest.Input.Tensor} {manifest.Input.Type} [N, {manifest.Input.Height}, {manifest.Input.Width}, 3] ",
            $"{manifest.Input.Channels}, {manifest.Input.Resize.ToString().ToLowerInvariant()}"
        );
        Line($"  threshold    {manifest.Threshold:0.0000} ({manifest.ThresholdRule})");
        if (manifest.Budget is { } budget)
        {
            Line(
                $"  budget       {budget.Milliseconds} ms as {budget.Encoding} on {budget.Machine}, {budget.Basis}: {budget.Side} chosen ",
                $"out of {string.Join(", ", budget.Trials.Select(trial => trial.Side))}"
            );
        }

        Line(
            $"  backbone     {manifest.Backbone.Name} ({manifest.Backbone.Licence}), {manifest.Backbone.Macs / 1e6:0} M ",
            $"multiply-accumulates, {manifest.Backbone.Parameters / 1e6:0.00} M parameters"
        );
        Line(
            $"  trained on   {manifest.Dataset.Name}: {manifest.Dataset.Samples} pictures, {manifest.Dataset.Persons} with a person, hash ",
            $"{manifest.Dataset.Sha256[..12]}…"
        );
        Line($"  measured     {manifest.Metrics.Source}, {manifest.Metrics.Samples} pictures");
        foreach (var (name, metric) in manifest.Metrics.Values)
        {
            var interval = metric is { Low: { } low, High: { } high }
                ? string.Create(CultureInfo.InvariantCulture, $"  ({low:0.0000}–{high:0.0000})")
                : "";
            Line($"    {name,-26}{metric.Value:0.0000}", $"{interval}");
        }

        Line($"  files        all as promised");
        foreach (var file in manifest.Files)
        {
            Line($"    {file.Path,-26}{file.Bytes,10:N0} bytes");
        }

        Line($"  goldens");
        foreach (var golden in goldens)
        {
            Line(
                $"    {golden.Encoding,-14}{golden.File,-28}promised {golden.Promised:0.000000}, given {golden.Given:0.000000}  ",
                $"{(golden.IsRight ? "right" : "WRONG")}"
            );
        }
    }
}
