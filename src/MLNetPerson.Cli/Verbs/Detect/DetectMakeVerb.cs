using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Detection;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Verbs.Detect;

/// <summary><c>mlnetperson detect make [DATASET] --out FOLDER</c>.</summary>
internal static class DetectMakeVerb
{
    public static Command Create()
    {
        var dataset = new Argument<string?>("dataset")
        {
            Description = "CSV with boxes (person_boxes, width, height) to fit on; left out, the detector stays as it was published",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string>("--out")
        {
            Description = "new folder for the package",
            Required = true,
            HelpName = "folder",
        };
        var recipe = new Option<string>("--recipe")
        {
            Description = $"{string.Join(", ", DetectorRecipe.Names)}, or the path of a recipe's JSON file",
            DefaultValueFactory = _ => DetectorRecipe.DefaultName,
            CompletionSources = { CommonOptions.Words(DetectorRecipe.Names) },
        };
        var fit = new Option<DetectorFit>("--fit")
        {
            Description = "head: the last layer of the scores and their calibration; calibration: only what scores mean, for few pictures",
            DefaultValueFactory = _ => DetectorFit.Head,
            HelpName = "what",
        };
        var measure = DetectTuneVerb.Measure();
        var (split, holdOut, maxBad, json) = (CommonOptions.Split(), CommonOptions.HoldOut(), CommonOptions.MaxBad(), CommonOptions.Json());
        var (encodings, clip) = (CommonOptions.Encodings(EncodingNames.None), ClipOption());
        var verb = new Command(
            "make",
            "Make a detector's package: the published detector cut down to persons, fitted on your own boxes where you give "
                + "some.\n\nExample: "
                + "mlnetperson detect make --out my-boxes\nExample: mlnetperson detect make pictures/boxes.csv --hold-out 0.2 --out "
                + "my-boxes"
        )
        {
            dataset,
            output,
            recipe,
            fit,
            measure,
            split,
            holdOut,
            encodings,
            clip,
            maxBad,
            json,
        };
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var chosen = DetectorRecipe.Open(args.GetRequiredValue(recipe));
                    var quantize = EncodingNames.Options(args.GetValue(encodings) ?? EncodingNames.None, 300, 0.5, chosen.Fit.Seed);
                    quantize?.Check();
                    var (training, heldOut) = args.GetValue(dataset) is { } path
                        ? DatasetDivision.Of(datasets.Read(args, path), args.GetValue(split), args.GetValue(holdOut), chosen.Fit.Seed)
                        : default;
                    if (
                        training is null
                        && (args.GetValue(holdOut) is not null || args.GetValue(split) is not null || quantize is not null)
                    )
                    {
                        throw new DetectionException("--split, --hold-out and --encodings need a dataset: name one, or leave them out.");
                    }

                    var (boxes, judged) = (
                        training is null ? null : BoxedDataset.Of(training, args.GetValue(clip)),
                        heldOut is null ? null : BoxedDataset.Of(heldOut, args.GetValue(clip))
                    );
                    DetectorOutput.WriteLeftOut(boxes);
                    var result = await StepDisplay.RunAsync(display =>
                        DetectorMaker.MakeAsync(
                            boxes,
                            judged,
                            new DetectorOptions
                            {
                                Out = args.GetRequiredValue(output),
                                Recipe = chosen,
                                Fit = args.GetValue(fit),
                                MaxBad = args.GetValue(maxBad),
                                Search = new SuppressionSearchOptions { Measure = args.GetValue(measure) },
                            },
                            display,
                            cancellation
                        )
                    );
                    EvaluationOutput.WriteSkipped(result.Skipped);
                    if (result.Frontier is { } frontier)
                    {
                        DetectTuneVerb.WriteFrontier(result.Package, frontier);
                    }

                    var made = quantize is null
                        ? null
                        : await StepDisplay.RunAsync(display =>
                            Task.Run(
                                () =>
                                    DetectorQuantizer.Quantize(
                                        ModelPackage.OpenDetector(result.Package),
                                        training!,
                                        judged ?? boxes!,
                                        quantize,
                                        display.Quantizing(),
                                        cancellation
                                    ),
                                cancellation
                            )
                        );
                    if (args.GetValue(json))
                    {
                        JsonOutput.Write(
                            new
                            {
                                result.Package,
                                result.FitSeconds,
                                Metrics = result.Manifest.Metrics,
                                Suppression = result.Manifest.Detection,
                                result.Manifest.Threshold,
                                Encodings = made is null ? null : new { made.Written, made.Refused },
                            }
                        );
                    }
                    else
                    {
                        if (result.Report is { } report)
                        {
                            DetectorOutput.WriteText(report);
                        }

                        Line($"Package: {result.Package}");
                        DetectorOutput.WriteEncodings(made);
                    }

                    return made is { Refused.IsEmpty: false } ? ExitCodes.Refused : ExitCodes.Done;
                })
        );
        return verb;
    }

    public static Option<bool> ClipOption() => new("--clip") { Description = "cut boxes that stand over their picture off at its edges" };
}
