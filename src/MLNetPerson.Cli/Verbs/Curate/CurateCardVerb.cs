using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Training.Curation.Cards;
using MLNetPerson.Training.Import;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs.Curate;

/// <summary><c>mlnetperson curate card DATASET --out FOLDER</c>.</summary>
internal static class CurateCardVerb
{
    public static Command Create()
    {
        var dataset = CommonOptions.Dataset();
        var output = new Option<string>("--out")
        {
            Description = $"folder for {CardWriter.MarkdownName} and {CardWriter.JsonName}",
            Required = true,
            HelpName = "folder",
        };
        var verb = new Command(
            "card",
            "Describe a dataset: counts, sources, licences, label rule, attributes, known gaps, hash.\n\nExample: mlnetperson curate card "
                + "people/dataset.csv --out people"
        )
        {
            dataset,
            output,
        };
        var datasets = new DatasetChoice().AddTo(verb);
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var path = args.GetRequiredValue(dataset);
                    OutputPlace.CheckFolder(args.GetRequiredValue(output));
                    var samples = datasets.Read(args, path);
                    var import = Importer.ReadRecord(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!);
                    var card = await StepDisplay.RunAsync(display =>
                        Task.Run(() => Curator.BuildCard(samples, import, null, display, cancellation), cancellation)
                    );
                    CardWriter.Write(args.GetRequiredValue(output), card);
                    Console.Out.Write(CardWriter.ToMarkdown(card));
                    return ExitCodes.Done;
                })
        );
        return verb;
    }
}
