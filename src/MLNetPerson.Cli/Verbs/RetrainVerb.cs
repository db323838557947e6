using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Pages;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Tuning;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson retrain DATASET --out PACKAGE</c>.</summary>
internal static class RetrainVerb
{
    public static Command Create()
    {
        var dataset = CommonOptions.Dataset();
        var output = new Option<string>("--out")
        {
            Description = "new folder for the package; a package that is there is replaced",
            Required = true,
            HelpName = "folder",
        };
        var recipe = CommonOptions.Recipe();
        var backbone = new Option<string?>("--backbone")
        {
            Description = "ONNX file of your own with a card beside it (same name, .json), instead of the recipe's backbone",
            HelpName = "file",
        };
        var threshold = new Option<string?>("--threshold")
        {
            Description = "f1, recall=0.95, precision=0.9 or cost=4; the recipe's where left out",
            HelpName = "rule",
            CompletionSources = { CommonOptions.Words(["f1", "recall=0.95", "precision=0.9", "cost=4"]) },
        };
        var split = CommonOptions.Split();
        var holdOut = CommonOptions.HoldOut();
        var trainer = TrainerChoice.Option();
        var (encodings, calibration, maxDrop) = (CommonOptions.Encodings("none"), CommonOptions.Calibration(), CommonOptions.MaxDrop());
        var (seed, size, maxBad, json) = (CommonOptions.Seed(), CommonOptions.Size(), CommonOptions.MaxBad(), CommonOptions.Json());
        var balance = new Option<string?>("--balance")
        {
            Description = "an attribute of the dataset whose values shall count alike within each label; the report says what it cost",
            HelpName = "attribute",
        };
        var (tune, findRate) = (TuneChoice.Option(), TuneChoice.RateOption());
        var cache = ShardChoice.Cache(
            "folder with the features of these pictures, as 'features --cache' fills it; what is missing is added to it"
        );
        var budget = new BudgetChoice();
        var report = ReportChoice.Option("PACKAGE.report.html");
        var verb = new Command(
            "retrain",
            "Fit a head on your pictures, measure it, and write a model package.\n\nExample: mlnetperson retrain pictures/ --out "
                + "my-model\nExample: mlnetperson retrain pictures/labels.csv --split train --hold-out test --encodings fp16 --out my-model"
        )
        {
            dataset,
            output,
            recipe,
            backbone,
            threshold,
            split,
            holdOut,
            trainer,
            balance,
            cache,
            tune,
            findRate,
            encodings,
            calibration,
            maxDrop,
            report,
            seed,
            size,
            maxBad,
            json,
        };
        budget.AddTo(verb);
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var chosen = RecipeChoice.Apply(
                        RecipeCatalog.Open(args.GetRequiredValue(recipe)),
                        args.GetValue(size),
                        args.GetValue(seed),
                        args.GetValue(backbone),
                        args.GetValue(threshold)
                    ) with
                    {
                        Balance = args.GetValue(balance),
                    };
                    var (training, heldOut) = DatasetDivision.Of(
                        datasets.Read(args, args.GetRequiredValue(dataset)),
                        args.GetValue(split),
                        args.GetValue(holdOut),
                        chosen.Head.Seed
                    );
                    var options = new RetrainOptions
                    {
                        Out = args.GetRequiredValue(output),
                        Recipe = chosen,
                        Solver = TrainerChoice.Solver(args.GetRequiredValue(trainer), chosen.Head.Seed),
                        SolverOfLargeTables = args.GetResult(trainer) is { Implicit: false } ? null : new BuiltinSolver(),
                        Features = new FeatureOptions { MaxBad = args.GetValue(maxBad), SharedFolder = args.GetValue(cache) },
                        Encodings = EncodingNames.Options(
                            args.GetValue(encodings) ?? EncodingNames.None,
                            args.GetValue(calibration),
                            args.GetValue(maxDrop),
                            chosen.Head.Seed
                        ),
                    };
                    if (TuneChoice.IsRateAsked(args))
                    {
                        return await FindRateAsync(
                            training,
                            options,
                            ReportChoice.Of(args.GetValue(report), ReportChoice.Beside(options.Out, "rate")),
                            args.GetValue(json),
                            cancellation
                        );
                    }

                    var page = ReportChoice.Of(args.GetValue(report), ReportChoice.Beside(options.Out, "report"));
                    TunedRetrainResult? tuned = null;
                    using var signals = TuneChoice.IsAsked(args, chosen) ? new TuneSignals() : null;
                    var result = await StepDisplay.RunAsync(display =>
                        Task.Run(
                            async () =>
                            {
                                var fitting = await budget.ApplyAsync(args, args.GetValue(size), training, options, display, cancellation);
                                if (signals is not null)
                                {
                                    tuned = await TunedRetrainer.RetrainAsync(
                                        training,
                                        heldOut,
                                        new TunedRetrainOptions { Retrain = fitting },
                                        display,
                                        signals.Stop,
                                        signals.Cancellation
                                    );
                                    display.Report(new RetrainProgress("writing the report"));
                                    ReportChoice.Write(page, () => TunedReport.Of(tuned, signals.Cancellation));
                                    return tuned.Retrain;
                                }

                                var retrained = await Retrainer.RetrainAsync(training, heldOut, fitting, display, cancellation);
                                display.Report(new RetrainProgress("writing the report"));
                                ReportChoice.Write(page, () => ReportFactory.Of(retrained, cancellation));
                                return retrained;
                            },
                            cancellation
                        )
                    );
                    RetrainOutput.Write(result, page, args.GetValue(json), tuned);
                    var holds = BudgetChoice.Report(result.Export.Manifest.Budget, result.Package, training, args.GetValue(json));
                    return result.Encodings is { Refused.Length: > 0 } || !holds ? ExitCodes.Refused : ExitCodes.Done;
                })
        );
        return verb;
    }

    private static async Task<int> FindRateAsync(
        Dataset training,
        RetrainOptions options,
        string? page,
        bool json,
        CancellationToken cancellation
    )
    {
        var result = await StepDisplay.RunAsync(display =>
            Task.Run(
                () => TunedRetrainer.FindRateAsync(training, new TunedRetrainOptions { Retrain = options }, null, display, cancellation),
                cancellation
            )
        );
        ReportChoice.Write(page, () => result.Page(options.Recipe.Name, training.Name));
        RetrainOutput.WriteRate(result, page, json);
        return ExitCodes.Done;
    }
}
