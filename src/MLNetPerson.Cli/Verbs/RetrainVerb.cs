using System.CommandLine;
using System.Globalization;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson retrain DATASET --out PACKAGE</c>.</summary>
internal static class RetrainVerb
{
    public static Command Create()
    {
        var dataset = CommonOptions.Dataset();
        var output = new Option<string>("--out") { Description = "new folder for the package; a package that is there is replaced", Required = true, HelpName = "folder" };
        var recipe = CommonOptions.Recipe();
        var backbone = new Option<string?>("--backbone") { Description = "ONNX file of your own with a card beside it (same name, .json), instead of the recipe's backbone", HelpName = "file" };
        var threshold = new Option<string?>("--threshold") { Description = "f1, recall=0.95, precision=0.9 or cost=4; the recipe's where left out", HelpName = "rule" };
        var split = CommonOptions.Split();
        var holdOut = new Option<string?>("--hold-out")
        {
            Description = "what to report on instead of cross-validation: a split's name, or a fraction of the groups such as 0.2", HelpName = "split|fraction",
        };
        var (seed, size, maxBad, json) = (CommonOptions.Seed(), CommonOptions.Size(), CommonOptions.MaxBad(), CommonOptions.Json());
        var balance = new Option<string?>("--balance") { Description = "an attribute of the dataset whose values shall count alike within each label; the report says what it cost", HelpName = "attribute" };
        var verb = new Command("retrain", "Fit a head on your pictures, measure it, and write a model package.\n\nExample: mlnetperson retrain pictures/ --out my-model")
        {
            dataset, output, recipe, backbone, threshold, split, holdOut, balance, seed, size, maxBad, json,
        };
        verb.SetAction((args, cancellation) => Guard.RunAsync(async () =>
        {
            var chosen = RecipeChoice.Apply(RecipeCatalog.Open(args.GetRequiredValue(recipe)), args.GetValue(size), args.GetValue(seed), args.GetValue(backbone), args.GetValue(threshold))
                with { Balance = args.GetValue(balance) };
            var (training, heldOut) = Divide(DatasetReader.Read(args.GetRequiredValue(dataset)), args.GetValue(split), args.GetValue(holdOut), chosen.Head.Seed);
            var options = new RetrainOptions
            {
                Out = args.GetRequiredValue(output),
                Recipe = chosen,
                Features = new FeatureOptions { MaxBad = args.GetValue(maxBad) },
            };
            var result = await StepDisplay.RunAsync(display => Task.Run(() => Retrainer.RetrainAsync(training, heldOut, options, display, cancellation), cancellation));
            RetrainOutput.Write(result, args.GetValue(json));
            return ExitCodes.Done;
        }));
        return verb;
    }

    private static (Dataset Training, Dataset? HeldOut) Divide(Dataset all, string? split, string? holdOut, int seed)
    {
        var training = split is null ? all : all.Only(split);
        if (holdOut is null)
        {
            return (training, null);
        }

        if (!double.TryParse(holdOut, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction))
        {
            return holdOut == split
                ? throw new DatasetException($"Split '{split}' cannot be trained on and held out.")
                : (split is null ? all with { Samples = [.. all.Samples.Where(sample => sample.Split != holdOut)] } : training, all.Only(holdOut));
        }

        if (fraction is not (> 0 and < 1))
        {
            throw new DatasetException($"--hold-out {holdOut}: a fraction lies between 0 and 1.");
        }

        var (kept, held) = HashSplit.Divide(training.Samples, fraction, seed);
        return held.Count == 0 || kept.Count == 0
            ? throw new DatasetException($"--hold-out {holdOut} leaves nothing on one side of {training.Samples.Length} pictures. Use another fraction, or leave it out.")
            : (training with { Samples = [.. kept] }, training with { Samples = [.. held] });
    }
}
