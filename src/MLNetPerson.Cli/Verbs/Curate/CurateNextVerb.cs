using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Training.Curation.Reviews;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs.Curate;

/// <summary><c>mlnetperson curate next UNLABELLED --package P</c>.</summary>
internal static class CurateNextVerb
{
    public static Command Create()
    {
        var folder = new Argument<string>("unlabelled") { Description = "folder of pictures without labels" };
        var package = new Option<string>("--package")
        {
            Description = $"the package whose doubts decide; '{ReadyModel.Name}' is the ready one",
            CustomParser = result => ReadyModel.PathOf(result.Tokens.Single().Value),
            Required = true,
            HelpName = "folder",
        };
        var count = new Option<int>("--count") { Description = "how many pictures to choose", DefaultValueFactory = _ => 50 };
        var labelled = new Option<string?>("--labelled")
        {
            Description = "a dataset that is labelled already: its pictures, and their like, are passed over",
            HelpName = "dataset",
        };
        var output = new Option<string>("--out")
        {
            Description = "the review sheet",
            DefaultValueFactory = _ => "review.html",
            HelpName = "file",
        };
        var json = CommonOptions.Json();
        var verb = new Command(
            "next",
            "Choose the unlabelled pictures whose labels would teach most, and write a sheet to label them on.\n\nExample: mlnetperson "
                + "curate next inbox/ --package my-model --count 50 --out review.html"
        )
        {
            folder,
            package,
            count,
            labelled,
            output,
            json,
        };
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    if (args.GetValue(count) < 1)
                    {
                        throw new DatasetException($"--count {args.GetValue(count)}: at least one picture is to be chosen.");
                    }

                    var (root, sheet) = (args.GetRequiredValue(folder), args.GetRequiredValue(output));
                    using var classifier = PersonClassifier.Load(args.GetRequiredValue(package));
                    var known = args.GetValue(labelled) is { } path ? datasets.Read(args, path) : null;
                    OutputPlace.CheckFile(sheet);
                    if (Directory.Exists(root))
                    {
                        PassedOverOutput.Write(root, PictureFolder.Read(root).PassedOver);
                    }

                    var (chosen, skipped) = await StepDisplay.RunAsync(display =>
                        Task.Run(
                            async () =>
                            {
                                var result = await NextPictures.ChooseAsync(
                                    root,
                                    classifier,
                                    args.GetValue(count),
                                    known,
                                    null,
                                    display,
                                    cancellation
                                );
                                AtomicFile.WriteText(sheet, Sheet(root, result.Chosen).ToHtml(cancellation));
                                return result;
                            },
                            cancellation
                        )
                    );
                    EvaluationOutput.WriteSkipped([.. skipped]);
                    foreach (var next in chosen)
                    {
                        if (args.GetValue(json))
                        {
                            JsonOutput.WriteLine(
                                new
                                {
                                    next.File,
                                    next.Probability,
                                    next.Doubt,
                                }
                            );
                        }
                        else
                        {
                            Console.Out.WriteLine(
                                string.Create(CultureInfo.InvariantCulture, $"{next.Doubt:0.000}  {next.Probability:0.000}  {next.File}")
                            );
                        }
                    }

                    await Console.Error.WriteLineAsync(
                        $"{sheet}: open it in a browser, label with the keys p, n and s, and save the export as a CSV in '{root}'."
                    );
                    return ExitCodes.Done;
                })
        );
        return verb;
    }

    private static ContactSheet Sheet(string folder, IReadOnlyList<NextPicture> chosen) =>
        new()
        {
            Title =
                $"Is there a person? {chosen.Count} pictures of "
                + $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}",
            Intro =
                "Chosen because the model is unsure of them and no two are alike. The export is a dataset: save it in the folder of the "
                + "pictures.",
            File = "labels.csv",
            Columns = ["label", "file"],
            Choices = ContactSheet.Labels,
            Items =
            [
                .. chosen.Select(next => new SheetItem(
                    next.File,
                    next.Path,
                    string.Create(CultureInfo.InvariantCulture, $"the model says {next.Probability:0.00}"),
                    [next.File]
                )),
            ],
        };
}
