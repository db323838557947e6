using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Training.Curation.Reviews;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Cli.Verbs.Curate;

/// <summary><c>mlnetperson curate apply DATASET REVIEW --out CSV</c>.</summary>
internal static class CurateApplyVerb
{
    public static Command Create()
    {
        var dataset = CommonOptions.Dataset();
        var review = new Argument<string>("review")
        {
            Description = "review.csv of 'curate check', with y in the column accept of what shall be done",
        };
        var output = new Option<string>("--out")
        {
            Description = "the new CSV, in or above the folder of the pictures; the change log comes beside it",
            Required = true,
            HelpName = "file",
        };
        var json = CommonOptions.Json();
        var verb = new Command(
            "apply",
            "Make a new CSV and a change log of what was accepted. The old CSV and the pictures stay as they are.\n\nExample: mlnetperson "
                + "curate apply pictures/labels.csv findings/review.csv --out pictures/curated.csv"
        )
        {
            dataset,
            review,
            output,
            json,
        };
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, _) =>
                Guard.RunAsync(() =>
                {
                    var (from, path, to) = (args.GetRequiredValue(dataset), args.GetRequiredValue(review), args.GetRequiredValue(output));
                    var before = datasets.Read(args, from);
                    CurateOutput.CheckFree(from, to);
                    var (after, changes) = ReviewApplier.Apply(before, path, ReviewFile.ReadAccepted(path));
                    CanonicalCsv.Write(to, after.Samples);
                    var log = Path.ChangeExtension(to, ".changes.csv");
                    var inputs = File.Exists(from) ? new[] { (Path.GetFileName(from), Sha256Text.OfFile(from)) } : [];
                    AtomicFile.WriteText(
                        log,
                        ReviewApplier.Log(
                            changes,
                            [.. inputs, (Path.GetFileName(path), Sha256Text.OfFile(path)), (Path.GetFileName(to), Sha256Text.OfFile(to))]
                        )
                    );
                    var counts = changes
                        .GroupBy(change => change.Action)
                        .OrderBy(group => group.Key)
                        .ToDictionary(group => group.Key.ToString(), group => group.Count());
                    if (args.GetValue(json))
                    {
                        JsonOutput.Write(
                            new
                            {
                                Csv = to,
                                Log = log,
                                Before = before.Samples.Length,
                                After = after.Samples.Length,
                                Changes = counts,
                            }
                        );
                    }
                    else
                    {
                        var accepted = string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}"));
                        Console.Out.WriteLine(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{before.Samples.Length} pictures before, {after.Samples.Length} after; "
                                    + $"{(counts.Count == 0 ? "nothing was accepted" : accepted)}."
                            )
                        );
                        Console.Out.WriteLine($"{to}\n{log}");
                    }

                    return Task.FromResult(ExitCodes.Done);
                })
        );
        return verb;
    }
}
