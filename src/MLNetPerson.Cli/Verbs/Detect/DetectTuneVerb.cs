using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Pages;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Verbs.Detect;

/// <summary><c>mlnetperson detect tune PACKAGE DATASET</c>.</summary>
internal static class DetectTuneVerb
{
    public static Command Create()
    {
        var package = new Argument<string>("package") { Description = "folder of a detector's package, as 'detect make --out' writes it" };
        var dataset = new Argument<string>("dataset") { Description = "CSV with boxes: person_boxes, width, height" };
        var measure = Measure();
        var falseBoxes = FalseBoxes();
        var tolerance = new Option<double>("--tolerance")
        {
            Description = "how much worse than the best a pair of thresholds may be that compares fewer boxes, 0 to 1",
            DefaultValueFactory = _ => new SuppressionSearchOptions().Tolerance,
            HelpName = "difference",
        };
        var (split, maxBad, clip, json) = (
            CommonOptions.Split(),
            CommonOptions.MaxBad(),
            DetectMakeVerb.ClipOption(),
            CommonOptions.Json()
        );
        var verb = new Command(
            "tune",
            "Search the thresholds of suppression on pictures with boxes and keep the best pair in the package.\n\nExample: mlnetperson "
                + "detect "
                + "tune my-boxes pictures/boxes.csv --split train"
        )
        {
            package,
            dataset,
            measure,
            falseBoxes,
            tolerance,
            split,
            clip,
            maxBad,
            json,
        };
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var opened = ModelPackage.OpenDetector(args.GetRequiredValue(package));
                    var all = datasets.Read(args, args.GetRequiredValue(dataset));
                    var boxes = BoxedDataset.Of(args.GetValue(split) is { } part ? all.Only(part) : all, args.GetValue(clip));
                    DetectorOutput.WriteLeftOut(boxes);
                    var frontier = await StepDisplay.RunAsync(display =>
                        Task.Run(
                            () =>
                                DetectorTuner.Tune(
                                    opened,
                                    boxes,
                                    new SuppressionSearchOptions
                                    {
                                        Measure = args.GetValue(measure),
                                        FalsePerPicture = args.GetValue(falseBoxes),
                                        Tolerance = args.GetValue(tolerance),
                                    },
                                    null,
                                    args.GetValue(maxBad),
                                    display.Counting($"looking at {boxes.Name}"),
                                    cancellation
                                ),
                            cancellation
                        )
                    );
                    WriteFrontier(opened.Folder, frontier);
                    if (args.GetValue(json))
                    {
                        JsonOutput.Write(
                            new
                            {
                                Measure = frontier.Measure.ToString(),
                                frontier.Pictures,
                                frontier.Chosen,
                                frontier.Points,
                            }
                        );
                    }
                    else
                    {
                        var chosen = frontier.Chosen;
                        Line(
                            $"Kept: IoU threshold {chosen.IouThreshold}, score threshold {chosen.ScoreThreshold}: {frontier.Measure} ",
                            $"{chosen.Value:0.0000} on {frontier.Pictures} pictures, {chosen.Candidates:0.0} boxes a picture compared, ",
                            $"{chosen.Boxes:0.00} left."
                        );
                    }

                    return ExitCodes.Done;
                })
        );
        return verb;
    }

    public static Option<DetectionMeasure> Measure() =>
        new("--measure")
        {
            Description =
                "what the thresholds of suppression are searched for: ap50, ap (COCO's mean over overlaps), recall (at --false-boxes), or "
                + "missRate (log-average)",
            DefaultValueFactory = _ => DetectionMeasure.Ap50,
            HelpName = "measure",
        };

    public static Option<double> FalseBoxes() =>
        new("--false-boxes")
        {
            Description = "false boxes per picture at which recall is told",
            DefaultValueFactory = _ => new SuppressionSearchOptions().FalsePerPicture,
            HelpName = "rate",
        };

    /// <summary>The frontier as a picture and a CSV, beside the package.</summary>
    public static void WriteFrontier(string package, SuppressionFrontier frontier)
    {
        var stem = Path.TrimEndingDirectorySeparator(Path.GetFullPath(package));
        AtomicFile.WriteText($"{stem}.nms.csv", frontier.ToCsv());
        AtomicFile.WriteText($"{stem}.nms.svg", SuppressionChart.Draw(frontier));
        Console.Error.WriteLine($"All pairs of thresholds: {stem}.nms.csv and {stem}.nms.svg");
    }
}
