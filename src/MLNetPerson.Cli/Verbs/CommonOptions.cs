using System.CommandLine;
using System.CommandLine.Completions;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary>Arguments and options that several verbs have; each verb gets instances of its own.</summary>
internal static class CommonOptions
{
    public static Argument<string> Package()
    {
        var package = new Argument<string>("package")
        {
            Description =
                $"folder of a model package, as 'retrain --out' writes it; '{ReadyModel.Name}' is the ready one, which comes with the "
                + $"program",
            CustomParser = result => ReadyModel.PathOf(result.Tokens.Single().Value),
        };
        // The library asks all arguments of a verb, also those that have been typed already.
        package.CompletionSources.Add(context =>
            context.ParseResult.GetResult(package) is { Tokens: [var typed, ..] } && typed.Value != context.WordToComplete
                ? []
                : Words([ReadyModel.Name])(context)
        );
        return package;
    }

    /// <summary>One that the verb will change, so not the program's own.</summary>
    public static Argument<string> OwnPackage() =>
        new("package") { Description = "folder of a model package, as 'retrain --out' writes it" };

    public static Argument<string> Dataset() =>
        new("dataset")
        {
            Description =
                "CSV with the columns file,label[,split,group,sha256,…], or folder with class sub-folders (person/ against none/); many "
                + "CSVs, Parquet files or tar archives (WebDataset) by a pattern such as 'train-*.tar'",
        };

    public static Option<string?> Encoding() =>
        new("--encoding")
        {
            Description =
                "which of the package's models: float32, int8, int8-portable, fp16 or weights8; the best for this processor where left out",
            HelpName = "name",
            CompletionSources = { Words([PackageEncoding.Float32, .. QuantizeOptions.AllEncodings]) },
        };

    public static Option<string?> HoldOut() =>
        new("--hold-out")
        {
            Description = "what to report on: a split's name, or a fraction of the groups such as 0.2",
            HelpName = "split|fraction",
        };

    public static Option<string?> Encodings(string otherwise) =>
        new("--encodings")
        {
            Description =
                $"encodings to make, with commas between: {string.Join(", ", QuantizeOptions.AllEncodings)}, or all or none; {otherwise} "
                + $"where left out",
            HelpName = "names",
            CompletionSources = { Words([.. QuantizeOptions.AllEncodings, EncodingNames.All, EncodingNames.None]) },
        };

    public static Option<double> MaxDrop() =>
        new("--max-drop")
        {
            Description = "percentage points of accuracy (of AP50 for a detector) that an encoding may lose against float",
            DefaultValueFactory = _ => new QuantizeOptions().MaxDrop,
            HelpName = "points",
        };

    public static Option<int> Calibration() =>
        new("--calibration")
        {
            Description = "pictures to calibrate integers on, half of them persons",
            DefaultValueFactory = _ => new QuantizeOptions().Calibration,
            HelpName = "count",
        };

    public static Option<string?> Split() =>
        new("--split") { Description = "only the samples of this split, where the dataset names splits" };

    public static Option<bool> Json() => new("--json") { Description = "results as JSON on stdout" };

    public static Option<int?> Seed() => new("--seed") { Description = "seed of every random choice; the recipe's where left out" };

    public static Option<int> MaxBad() =>
        AtLeast(
            0,
            new("--max-bad")
            {
                Description = "end with an error when more pictures than this cannot be used",
                DefaultValueFactory = _ => int.MaxValue,
                HelpName = "count",
            }
        );

    /// <summary>Refuses smaller values, before any work.</summary>
    public static Option<int> AtLeast(int least, Option<int> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var value) && value < least)
            {
                result.AddError($"{option.Name} {value}: at least {least} is needed.");
            }
        });
        return option;
    }

    public static Option<string> Recipe() =>
        new("--recipe")
        {
            Description = $"{string.Join(", ", RecipeCatalog.Names)}, or the path of a recipe's JSON file",
            DefaultValueFactory = _ => RecipeCatalog.DefaultName,
            CompletionSources = { Words(RecipeCatalog.Names) },
        };

    public static Option<int?> Size() =>
        new("--size")
        {
            Description = "side of the model's square input in pixels, instead of the recipe's; multiples of 32",
            HelpName = "pixels",
        };

    /// <summary>What a shell offers for a value; others may be typed.</summary>
    public static Func<CompletionContext, IEnumerable<CompletionItem>> Words(IEnumerable<string> words) =>
        _ => words.Select(word => new CompletionItem(word));
}
