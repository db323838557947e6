using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Bundles;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson export PACKAGE --for TARGET --out DIR</c>.</summary>
internal static class ExportVerb
{
    public static Command Create()
    {
        var (package, json) = (CommonOptions.Package(), CommonOptions.Json());
        var target = new Option<string>("--for")
        {
            Description = $"kind of device: {string.Join(", ", BundleTarget.All.Select(one => one.Name))}",
            Required = true,
            HelpName = "target",
            CompletionSources = { CommonOptions.Words(BundleTarget.All.Select(one => one.Name)) },
        };
        var output = new Option<string>("--out")
        {
            Description = "new folder for the bundle; a bundle that is there is replaced",
            Required = true,
            HelpName = "folder",
        };
        var encodings = new Option<string[]>("--encoding")
        {
            Description = "models to hand over, several with spaces between; all of the package where left out",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "name",
        };
        var verb = new Command(
            "export",
            "Hand a package to a runtime on a device: models, tests for any language, and an estimate of the speed.\n\nExample: "
                + "mlnetperson export my-model --for linux-arm64 --out my-bundle"
        )
        {
            package,
            target,
            output,
            encodings,
            json,
        };
        verb.SetAction(
            (args, _) =>
                Guard.RunAsync(() =>
                {
                    var options = new BundleOptions
                    {
                        Out = args.GetRequiredValue(output),
                        Target = args.GetRequiredValue(target),
                        Encodings = [.. args.GetValue(encodings) ?? []],
                    };
                    BundleTarget.Of(options.Target); // before the package is read
                    Write(BundleWriter.Write(ModelPackage.Open(args.GetRequiredValue(package)), options), args.GetValue(json));
                    return Task.FromResult(ExitCodes.Done);
                })
        );
        return verb;
    }

    private static void Write(BundleResult result, bool json)
    {
        var manifest = result.Manifest;
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    result.Folder,
                    manifest.Target,
                    manifest.Package,
                    result.Bytes,
                    Encodings = manifest.Encodings.Select(encoding => encoding.Name),
                    manifest.Recommended,
                    GoldensReproduced = result.Goldens.Length,
                    manifest.Estimates,
                }
            );
            return;
        }

        Line(
            $"Bundle: {result.Folder} ({result.Bytes / 1e6:0.0} MB) for {manifest.Target}; its README.md says how to run and test it, in ",
            $"any language."
        );
        Line($"Recommended there: {manifest.Recommended.Encoding}, since {manifest.Recommended.Reason}.");
        Line(
            $"Read again: {manifest.Files.Length} files as promised, {result.Goldens.Length} golden answers reproduced here (",
            $"{string.Join(", ", result.Goldens.Select(golden => golden.Encoding).Distinct())})."
        );
        Line($"");
        Line($"{"ESTIMATED, not measured",-30}{"ms a picture",16}{"a second",14}");
        foreach (var estimate in manifest.Estimates.Boards)
        {
            Line(
                $"{estimate.Board + " " + estimate.Encoding,-30}{Span(estimate.LowMilliseconds, estimate.HighMilliseconds, "0.0"),16}",
                $"{Span(estimate.LowPerSecond, estimate.HighPerSecond, "0"),14}"
            );
        }

        Line(
            $"From {string.Join(" and ", manifest.Estimates.Boards.Select(estimate => $"{estimate.Board} = {estimate.Title}").Distinct())}",
            $": the model alone, four threads; method and sources are in README.md."
        );
        Line($"To measure, on the device: {manifest.Estimates.Measure[0]}");
        Line($"  or, where .NET is there: {manifest.Estimates.Measure[1]}");
    }

    private static string Span(double low, double high, string format) =>
        $"{low.ToString(format, CultureInfo.InvariantCulture)}–{high.ToString(format, CultureInfo.InvariantCulture)}";
}
