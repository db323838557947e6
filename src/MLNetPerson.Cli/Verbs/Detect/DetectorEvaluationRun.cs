using MLNetPerson.Cli.Terminal;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Pages;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Verbs.Detect;

/// <summary>What <c>evaluate</c> does with a detector's package.</summary>
internal static class DetectorEvaluationRun
{
    public static async Task<int> RunAsync(
        string package,
        string? encoding,
        Dataset dataset,
        string name,
        DetectionOptions options,
        bool clip,
        int maxBad,
        string? page,
        bool json,
        CancellationToken cancellation
    )
    {
        var opened = ModelPackage.OpenDetector(package);
        var choice = encoding is null
            ? EncodingChoice.Of(opened.Manifest, CpuFeatures.Current)
            : new EncodingChoice(opened.Encoding(encoding), "it was asked for");
        if (options.Fault() is { } fault)
        {
            throw new DetectionException($"Options of evaluate have a fault: {fault}.");
        }

        var boxes = BoxedDataset.Of(dataset, clip);
        DetectorOutput.WriteLeftOut(boxes);
        var evaluation = await StepDisplay.RunAsync(display =>
            Task.Run(
                () =>
                    DetectorPackageEvaluator.Evaluate(
                        opened,
                        choice.Encoding,
                        boxes,
                        options,
                        null,
                        maxBad,
                        display.Counting($"judging {boxes.Name}"),
                        cancellation
                    ),
                cancellation
            )
        );
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    Encoding = choice.Encoding.Name,
                    Result = DetectorOutput.Json(evaluation.Report),
                    Skipped = evaluation.Skipped.Select(skip => new { skip.Sample.File, skip.Reason }),
                    LeftOut = evaluation.LeftOut.Select(sample => sample.File),
                    evaluation.PicturesPerSecond,
                }
            );
        }
        else
        {
            EvaluationOutput.WriteSkipped(evaluation.Skipped);
            Line($"Encoding {choice.Encoding.Name}: {choice.Reason}.");
            DetectorOutput.WriteText(evaluation.Report);
            Line($"{evaluation.PicturesPerSecond:0} pictures a second");
        }

        ReportChoice.Write(page, () => DetectorReport.Of(evaluation, opened.Manifest, choice.Encoding.Name, name, cancellation));
        if (page is not null && !json)
        {
            Console.Out.WriteLine(ReportChoice.Sentence(page));
        }

        return ExitCodes.Done;
    }
}
