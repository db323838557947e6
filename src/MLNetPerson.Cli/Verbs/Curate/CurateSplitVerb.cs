using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Training.Curation.Splits;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs.Curate;

/// <summary><c>mlnetperson curate split DATASET --out CSV</c>.</summary>
internal static class CurateSplitVerb
{
    private const string Best = "best";

    public static Command Create()
    {
        var dataset = CommonOptions.Dataset();
        var output = new Option<string>("--out")
        {
            Description = "the new CSV, in or above the folder of the pictures",
            Required = true,
            HelpName = "file",
        };
        var parts = new Option<string>("--parts")
        {
            Description = "names and shares that sum to 1",
            DefaultValueFactory = _ => "train=0.8,dev=0.1,test=0.1",
            HelpName = "name=share,…",
        };
        var by = new Option<string[]>("--by")
        {
            Description = "an attribute whose values are to be spread alike, beside the label; may be repeated",
            HelpName = "attribute",
        };
        var seed = new Option<string>("--seed")
        {
            Description =
                "decides, with a picture's content, its side; 'best' tries 200 and says which one spreads labels and attributes most alike",
            DefaultValueFactory = _ => "17",
            HelpName = "seed",
        };
        var anew = new Option<bool>("--anew") { Description = "forget the splits that pictures have; by default they keep them" };
        var (recipe, json) = (CurateCheckVerb.RecipeOption(), CommonOptions.Json());
        var verb = new Command(
            "split",
            "Divide a dataset by content: groups, copies and scenes stay together, and adding pictures never moves an old one.\n\nExample: "
                + "mlnetperson curate split pictures/labels.csv --out pictures/split.csv --by weather"
        )
        {
            dataset,
            output,
            parts,
            by,
            seed,
            anew,
            recipe,
            json,
        };
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var (from, to) = (args.GetRequiredValue(dataset), args.GetRequiredValue(output));
                    CurateOutput.CheckFree(from, to);
                    var samples = datasets.Read(args, from);
                    var plan = new SplitPlan
                    {
                        Parts = SplitPlan.ParseParts(args.GetRequiredValue(parts)),
                        By = [.. args.GetValue(by) ?? []],
                        Anew = args.GetValue(anew),
                    };
                    CheckAttributes(samples, plan);
                    var wanted = args.GetRequiredValue(seed);
                    if (wanted != Best)
                    {
                        plan = plan with
                        {
                            Seed = int.TryParse(wanted, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                                ? number
                                : throw new DatasetException($"--seed '{wanted}' is neither a number nor '{Best}'."),
                        };
                    }

                    var found = await StepDisplay.RunAsync(display =>
                        Task.Run(
                            () =>
                                Curator.FindCopiesAsync(
                                    samples,
                                    RecipeCatalog.Open(args.GetRequiredValue(recipe)),
                                    null,
                                    null,
                                    display,
                                    cancellation
                                ),
                            cancellation
                        )
                    );
                    EvaluationOutput.WriteSkipped([
                        .. found.Unreadable.Select(bad => new Training.Features.SkippedSample(bad.Sample, bad.Error.Reason)),
                    ]);
                    plan = wanted == Best ? plan with { Seed = Splitter.BestSeed(found.Pictures, found.Copies, plan) } : plan;
                    var (divided, report) = Splitter.Split(found.Pictures, found.Copies, plan);
                    CanonicalCsv.Write(to, divided);
                    Write(plan, report, to, args.GetValue(json));
                    return ExitCodes.Done;
                })
        );
        return verb;
    }

    private static void CheckAttributes(Dataset dataset, SplitPlan plan)
    {
        var known = dataset
            .Samples.SelectMany(sample => sample.Attributes.Keys)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (plan.By.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new DatasetException($"There is no attribute '{unknown}' in '{dataset.Name}'. There are: {string.Join(", ", known)}.");
        }
    }

    private static void Write(SplitPlan plan, SplitReport report, string path, bool json)
    {
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    Csv = path,
                    report.Seed,
                    report.Kept,
                    Torn = report.Torn.AsEnumerable(),
                    report.WorstDeviation,
                    Parts = plan.Parts.Select(part => part.Name),
                    Strata = report.Strata.Select(stratum => new { stratum.Stratum, Counts = stratum.Counts.AsEnumerable() }),
                }
            );
            return;
        }

        Console.Out.WriteLine($"{"",-40}{string.Concat(plan.Parts.Select(part => $"{part.Name,12}"))}");
        foreach (var stratum in report.Strata)
        {
            var total = Math.Max(1, stratum.Counts.Sum());
            var shares = stratum.Counts.Select(count =>
                string.Create(CultureInfo.InvariantCulture, $"{count,6} {100.0 * count / total,4:0.0}%")
            );
            Console.Out.WriteLine($"{stratum.Stratum,-40}{string.Concat(shares)}");
        }

        Console.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {report.Seed}; {report.Kept} pictures kept the split they had; the farthest share is {report.WorstDeviation:0.0} "
                    + $"standard errors off"
            )
        );
        if (report.Torn.Length > 0)
        {
            Console.Out.WriteLine(
                $"{report.Torn.Length} pictures belong with pictures of two splits and went into neither (split '{SplitPlan.Torn}'): "
                    + $"{string.Join(", ", report.Torn.Take(5))}{(report.Torn.Length > 5 ? ", …" : "")}"
            );
        }

        Console.Out.WriteLine(path);
    }
}
