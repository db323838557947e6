using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Curation.Reviews;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Pages;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs.Curate;

/// <summary><c>mlnetperson curate check DATASET --out FOLDER</c>.</summary>
internal static class CurateCheckVerb
{
    private const string ReviewName = "review.csv";
    private const string SheetName = "review.html";
    private const string ReportName = "report.html";
    private const int ShownPerKind = 5;

    public static Command Create()
    {
        var dataset = CommonOptions.Dataset();
        var output = new Option<string>("--out")
        {
            Description = $"folder for {ReviewName}, {SheetName} and {ReportName}",
            Required = true,
            HelpName = "folder",
        };
        var recipe = RecipeOption();
        var accept = new Option<FindingKind[]>("--accept")
        {
            Description =
                $"accept all findings of a kind from the start: {string.Join(", ", Enum.GetNames<FindingKind>())}; may be repeated",
            HelpName = "kind",
        };
        var shown = CommonOptions.AtLeast(
            0,
            new Option<int>("--sheet")
            {
                Description = $"most findings shown in {SheetName}",
                DefaultValueFactory = _ => 400,
                HelpName = "count",
            }
        );
        var (seed, json) = (
            new Option<int>("--seed") { Description = "seed of every random choice", DefaultValueFactory = _ => 17 },
            CommonOptions.Json()
        );
        var (smallShare, smallPixels, inputSide) = (
            new Option<double>("--small-share")
            {
                Description = "boxes that fill less than this share of what the model sees are small, 0 to 1",
                DefaultValueFactory = _ => new CurationOptions().SmallShare,
                HelpName = "share",
            },
            CommonOptions.AtLeast(
                0,
                new Option<int>("--small-pixels")
                {
                    Description = "boxes of fewer pixels at the input's size are small; 256 is 16 x 16",
                    DefaultValueFactory = _ => new CurationOptions().SmallPixels,
                    HelpName = "pixels",
                }
            ),
            CommonOptions.AtLeast(
                1,
                new Option<int>("--small-at")
                {
                    Description = "side of the square input that small boxes are judged at",
                    DefaultValueFactory = _ => new CurationOptions().Input.Width,
                    HelpName = "pixels",
                }
            )
        );
        var verb = new Command(
            "check",
            "Look for unreadable pictures, copies, leaks, wrong labels, odd pictures, imbalance, shortcuts and small persons. Changes "
                + "nothing.\n\nExample: mlnetperson curate check pictures/labels.csv --out findings"
        )
        {
            dataset,
            output,
            recipe,
            accept,
            shown,
            smallShare,
            smallPixels,
            inputSide,
            seed,
            json,
        };
        var neighbours = new Option<bool>("--neighbours")
        {
            Description = "with --shard, once all shards have measured their pictures: this shard's part of the search for neighbours",
        };
        verb.Options.Add(neighbours);
        var shards = new ShardChoice(
            "folder that several processes share, of one recipe's features: with --shard each measures its part, without it the findings "
                + "are made of what is there"
        ).AddTo(verb);
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var (shard, shared) = (shards.Of(args), shards.Folder(args));
                    var samples = datasets.Read(args, args.GetRequiredValue(dataset));
                    var chosen = RecipeCatalog.Open(args.GetRequiredValue(recipe));
                    var options = new CurationOptions
                    {
                        Seed = args.GetValue(seed),
                        SharedFolder = shared,
                        SmallShare = args.GetValue(smallShare),
                        SmallPixels = args.GetValue(smallPixels),
                        Input = chosen.Input with { Width = args.GetValue(inputSide), Height = args.GetValue(inputSide) },
                    };
                    if (options.SmallShare is not (>= 0 and <= 1))
                    {
                        throw new DatasetException(
                            FormattableString.Invariant($"--small-share {options.SmallShare}: a share lies between 0 and 1.")
                        );
                    }

                    var features = new FeatureOptions { SharedFolder = shared };
                    if (shared is not null && (!shard.IsWhole || args.GetValue(neighbours)))
                    {
                        var part = await StepDisplay.RunAsync(display =>
                            Task.Run(
                                () =>
                                    Curator.CheckPartAsync(
                                        samples,
                                        chosen,
                                        shard,
                                        args.GetValue(neighbours),
                                        options,
                                        features,
                                        display,
                                        cancellation
                                    ),
                                cancellation
                            )
                        );
                        ShardOutput.Write(
                            part,
                            shared,
                            args.GetValue(neighbours) ? "found near each other" : "measured",
                            args.GetValue(json)
                        );
                        return ExitCodes.Done;
                    }

                    var folder = args.GetRequiredValue(output);
                    OutputPlace.CheckFolder(folder);
                    var report = await StepDisplay.RunAsync(display =>
                        Task.Run(
                            async () =>
                            {
                                var found = await Curator.CheckAsync(
                                    samples,
                                    chosen with
                                    {
                                        Head = chosen.Head with { Seed = options.Seed },
                                    },
                                    options,
                                    features,
                                    display,
                                    cancellation
                                );
                                display.Report(new RetrainProgress("writing the review"));
                                ReviewFile.Write(Path.Combine(folder, ReviewName), found.Findings, args.GetValue(accept) ?? []);
                                AtomicFile.WriteText(
                                    Path.Combine(folder, SheetName),
                                    Sheet(samples, found, args.GetValue(shown)).ToHtml(cancellation)
                                );
                                ReportChoice.Write(
                                    Path.Combine(folder, ReportName),
                                    () => ReportFactory.Of(found, samples, chosen, options.Seed, cancellation)
                                );
                                return found;
                            },
                            cancellation
                        )
                    );
                    if (args.GetValue(json))
                    {
                        JsonOutput.Write(
                            new
                            {
                                report.Dataset,
                                report.Samples,
                                Checks = report.Checks.Select(check => new
                                {
                                    check.Check,
                                    check.About,
                                    Findings = check.Findings.Select(Json),
                                }),
                            }
                        );
                    }
                    else
                    {
                        WriteText(report, Path.Combine(folder, ReviewName));
                    }

                    return ExitCodes.Done;
                })
        );
        return verb;
    }

    public static Option<string> RecipeOption()
    {
        var option = CommonOptions.Recipe();
        option.DefaultValueFactory = _ => Curator.DefaultRecipe;
        return option;
    }

    private static object Json(Finding finding) =>
        new
        {
            Kind = finding.Kind.ToString(),
            Action = finding.Action.ToString(),
            finding.File,
            finding.From,
            finding.To,
            finding.Score,
            finding.Why,
            Related = finding.Related.AsEnumerable(),
        };

    private static ContactSheet Sheet(Dataset dataset, CurationReport report, int most)
    {
        var paths = dataset.Samples.ToDictionary(sample => sample.File, sample => sample.Path, StringComparer.Ordinal);
        return new ContactSheet
        {
            Title = $"Findings in {dataset.Name}",
            Intro =
                $"Accept what is right; the export takes the place of {ReviewName}. Findings about the whole dataset, and those beyond the "
                + $"first {most}, stand in {ReviewName} only.",
            File = ReviewName,
            Columns = ReviewFile.Columns,
            Choices = ContactSheet.Verdicts,
            KeepUndecided = true,
            Items =
            [
                .. report
                    .Findings.Where(finding => finding.File.Length > 0 && finding.Kind != FindingKind.Unreadable)
                    .Take(most)
                    .Select(finding => new SheetItem(
                        $"{finding.Kind}: {finding.File}",
                        paths[finding.File],
                        finding.Why,
                        [.. ReviewFile.Cells(finding)]
                    )),
            ],
        };
    }

    private static void WriteText(CurationReport report, string review)
    {
        foreach (var check in report.Checks)
        {
            Console.Out.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{check.Check}: {check.Findings.Length}{(check.Findings.Length == 0 ? $"  ({check.About})" : "")}"
                )
            );
            foreach (var kind in check.Findings.GroupBy(finding => finding.Kind))
            {
                foreach (var finding in kind.Take(ShownPerKind))
                {
                    Console.Out.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"  {finding.Kind,-15}{finding.Score:0.00}  {(finding.File.Length > 0 ? finding.File + ": " : "")}"
                                + $"{finding.Why}"
                        )
                    );
                }

                if (kind.Count() > ShownPerKind)
                {
                    Console.Out.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"  {kind.Key,-15}and {kind.Count() - ShownPerKind} more")
                    );
                }
            }
        }

        Console.Out.WriteLine($"{review}: write y into the column accept (or open {SheetName}), then: mlnetperson curate apply");
        Console.Out.WriteLine($"{Path.Combine(Path.GetDirectoryName(review)!, ReportName)}: the same to read and to keep");
    }
}
