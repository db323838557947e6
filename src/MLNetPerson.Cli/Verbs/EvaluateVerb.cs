using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Cli.Verbs.Detect;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Pages;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson evaluate PACKAGE DATASET</c>.</summary>
internal static class EvaluateVerb
{
    public static Command Create()
    {
        var (package, dataset) = (CommonOptions.Package(), CommonOptions.Dataset());
        var encoding = CommonOptions.Encoding();
        var (split, maxBad, json) = (CommonOptions.Split(), CommonOptions.MaxBad(), CommonOptions.Json());
        var slice = new Option<string[]>("--slice")
        {
            Description =
                $"also by an attribute of the dataset, {string.Join(", ", SliceNames.BuiltIn)}, combinations such as age+gender, or "
                + $"{SliceNames.All}; may be repeated",
            HelpName = "attribute",
            CompletionSources = { CommonOptions.Words([.. SliceNames.BuiltIn, SliceNames.All]) },
        };
        var report = ReportChoice.Option("PACKAGE.evaluation.html");
        var (falseBoxes, clip) = (DetectTuneVerb.FalseBoxes(), DetectMakeVerb.ClipOption());
        var verb = new Command(
            "evaluate",
            "Measure a package on labelled pictures: a classifier by its labels, a detector by its boxes.\n\nExample: mlnetperson "
                + "evaluate my-model pictures/labels.csv --split test\nExample: "
                + "mlnetperson evaluate person pictures/ --slice brightness --slice sharpness\nExample: mlnetperson evaluate person "
                + "pictures/ --report report.html"
        )
        {
            package,
            dataset,
            encoding,
            split,
            slice,
            falseBoxes,
            clip,
            report,
            maxBad,
            json,
        };
        var shards = new ShardChoice(
            "folder that several processes share: with --shard each judges its part and keeps the answers there, without it the numbers "
                + "are made of them"
        ).AddTo(verb);
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var (shard, folder) = (shards.Of(args), shards.Folder(args));
                    if (!shard.IsWhole)
                    {
                        using var judge = PackageChoice.Load(args.GetRequiredValue(package), args.GetValue(encoding));
                        var samples = datasets.Stream(args, args.GetRequiredValue(dataset), shard);
                        var part = await StepDisplay.RunAsync(display =>
                            Task.Run(
                                () =>
                                    PackageEvaluator.Judge(
                                        judge,
                                        args.GetValue(split) is { } wanted ? samples.Where(sample => sample.Split == wanted) : samples,
                                        shard,
                                        folder!,
                                        args.GetValue(maxBad),
                                        display.Counting($"judging shard {shard}"),
                                        cancellation
                                    ),
                                cancellation
                            )
                        );
                        ShardOutput.Write(part, folder!, "judged", args.GetValue(json));
                        return ExitCodes.Done;
                    }

                    var page = ReportChoice.Of(args.GetValue(report), ReportChoice.Beside(args.GetRequiredValue(package), "evaluation"));
                    var all = datasets.Read(args, args.GetRequiredValue(dataset));
                    var judged = args.GetValue(split) is { } name ? all.Only(name) : all;
                    if (ModelPackage.TaskOf(args.GetRequiredValue(package)) == PackageManifest.DetectionTask)
                    {
                        return await DetectorEvaluationRun.RunAsync(
                            args.GetRequiredValue(package),
                            args.GetValue(encoding),
                            judged,
                            args.GetValue(split) is { } of ? $"{judged.Name}, split {of}" : judged.Name,
                            new DetectionOptions { FalsePerPicture = args.GetValue(falseBoxes) },
                            args.GetValue(clip),
                            args.GetValue(maxBad),
                            page,
                            args.GetValue(json),
                            cancellation
                        );
                    }

                    using var classifier = PackageChoice.Load(args.GetRequiredValue(package), args.GetValue(encoding));
                    var evaluation = await StepDisplay.RunAsync(display =>
                        Task.Run(
                            () =>
                                folder is null
                                    ? PackageEvaluator.Evaluate(
                                        classifier,
                                        judged,
                                        args.GetValue(maxBad),
                                        display.Counting($"judging {judged.Name}"),
                                        cancellation
                                    )
                                    : PackageEvaluator.Evaluate(
                                        classifier,
                                        judged,
                                        folder,
                                        args.GetValue(maxBad),
                                        display.Counting($"judging {judged.Name}"),
                                        cancellation
                                    ),
                            cancellation
                        )
                    );
                    var slices = SliceNames.Evaluate(
                        evaluation,
                        args.GetValue(slice) ?? [],
                        classifier.Package.Manifest.Input.ToSpec(),
                        cancellation
                    );
                    if (args.GetValue(json))
                    {
                        EvaluationOutput.WriteJson(evaluation, classifier.Encoding.Name, slices);
                    }
                    else
                    {
                        EvaluationOutput.WriteSkipped(evaluation.Skipped);
                        Console.Out.WriteLine($"Encoding {classifier.Encoding.Name}: {classifier.Choice.Reason}.");
                        EvaluationOutput.WriteText(evaluation.Report);
                        Console.Out.WriteLine(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{evaluation.Report.Confusion.Total} pictures, {evaluation.ImagesPerSecond:0} a second"
                            )
                        );
                        SliceOutput.WriteText(slices);
                    }

                    // The numbers first: they must not be lost where no report can be written.
                    ReportChoice.Write(
                        page,
                        () =>
                            ReportFactory.Of(
                                evaluation,
                                classifier,
                                args.GetValue(split) is { } part ? $"{judged.Name}, split {part}" : judged.Name,
                                slices,
                                cancellation
                            )
                    );
                    if (page is not null && !args.GetValue(json))
                    {
                        Console.Out.WriteLine(ReportChoice.Sentence(page));
                    }

                    return ExitCodes.Done;
                })
        );
        return verb;
    }
}
