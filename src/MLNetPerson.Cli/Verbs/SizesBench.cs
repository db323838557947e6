using System.CommandLine;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Files;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Training.Retraining.Sizes;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson bench PACKAGE --sizes … --data DATASET</c>: what sizes of input cost and give.</summary>
internal sealed class SizesBench
{
    private const string OneFifth = "0.2";

    private readonly Argument<string> _package;
    private readonly Option<int[]> _threads;
    private readonly Option<double> _seconds;
    private readonly Option<bool> _json;
    private readonly Option<string?> _sizes = SizeList.Option(
        "retrain at these sides of a square input, with commas between, and compare; multiples of 32"
    );
    private readonly Option<string?> _data = new("--data")
    {
        Description = "with --sizes: the pictures to retrain on, as 'retrain' takes them",
        HelpName = "dataset",
    };
    private readonly Option<string?> _recipe = new("--recipe")
    {
        Description = "with --sizes: the recipe to retrain by; the package's own where left out",
        HelpName = "name|file",
    };
    private readonly Option<string?> _split = CommonOptions.Split();
    private readonly Option<string?> _holdOut = CommonOptions.HoldOut();
    private readonly Option<string?> _encodings = CommonOptions.Encodings("none");
    private readonly Option<string> _trainer = TrainerChoice.Option();
    private readonly Option<string?> _plot = new("--plot")
    {
        Description = "with --sizes: draw accuracy against time into this SVG file",
        HelpName = "file",
    };

    private readonly DatasetChoice _datasets = new();
    private readonly ShardChoice _shards = new(
        "with --sizes: folder that several processes share: with --shard each makes the models of its sizes, without it they are compared"
    );

    public SizesBench(Argument<string> package, Option<int[]> threads, Option<double> seconds, Option<bool> json)
    {
        (_package, _threads, _seconds, _json) = (package, threads, seconds, json);
        foreach (var option in new Option[] { _split, _holdOut, _encodings, _trainer })
        {
            option.Description = $"with --sizes: {option.Description}";
        }

        _holdOut.Description += $"; {OneFifth} where left out";
    }

    public void AddTo(Command verb)
    {
        foreach (var option in new Option[] { _sizes, _data, _recipe, _split, _holdOut, _encodings, _trainer, _plot })
        {
            verb.Options.Add(option);
        }

        _datasets.AddTo(verb);
        _shards.AddTo(verb);
    }

    /// <summary>Whether the command line is about sizes.</summary>
    /// <exception cref="RecipeException">It is not, but has options that only sizes know.</exception>
    public bool IsAsked(ParseResult args)
    {
        var asked = args.GetValue(_sizes) is not null;
        var stray = new Option[] { _data, _recipe, _split, _holdOut, _encodings, _plot }.FirstOrDefault(option =>
            args.GetResult(option) is { Implicit: false }
        );
        return asked || stray is null
            ? asked
            : throw new RecipeException(
                $"{stray.Name} goes with --sizes, which names the sizes to retrain at, such as --sizes 96,128,160,192,224."
            );
    }

    /// <param name="args">What was asked for.</param>
    /// <param name="stray">An option that was given and does not go with sizes, or null.</param>
    /// <param name="cancellation">Ends the work; finished sizes are kept.</param>
    public async Task<int> RunAsync(ParseResult args, Option? stray, CancellationToken cancellation)
    {
        if (stray is not null)
        {
            throw new RecipeException(
                $"{stray.Name} does not go with --sizes"
                    + $"{(stray.Name == "--encoding" ? "; encodings to compare are named by --encodings" : "")}."
            );
        }

        var recipe =
            args.GetValue(_recipe) is { } named ? RecipeCatalog.Open(named)
            : args.GetValue(_package) is { } folder ? RecipeCatalog.Of(ModelPackage.Open(folder).Manifest)
            : throw new RecipeException("bench --sizes needs the folder of a package, whose recipe it takes, or --recipe.");
        var data = args.GetValue(_data) ?? throw new DatasetException("bench --sizes needs pictures to retrain on: name them by --data.");
        var (training, heldOut) = DatasetDivision.Of(
            _datasets.Read(args, data),
            args.GetValue(_split),
            args.GetValue(_holdOut) ?? OneFifth,
            recipe.Head.Seed
        );
        var threads = args.GetValue(_threads) ?? [];
        if (threads.Length > 1)
        {
            throw new RecipeException("bench --sizes compares at one number of threads: name one by --threads.");
        }

        var defaults = new Training.Export.QuantizeOptions();
        var options = new SizeOptions
        {
            Recipe = recipe,
            Sides = SizeList.Parse(args.GetValue(_sizes)!),
            Encodings = EncodingNames.Options(
                args.GetValue(_encodings) ?? EncodingNames.None,
                defaults.Calibration,
                defaults.MaxDrop,
                recipe.Head.Seed
            ),
            Solver = TrainerChoice.Solver(args.GetRequiredValue(_trainer), recipe.Head.Seed),
            Threads = threads is [var count] ? count : 1,
            Seconds = args.GetValue(_seconds),
            WorkFolder = _shards.Folder(args),
        };
        var shard = _shards.Of(args);
        if (!shard.IsWhole)
        {
            var made = await StepDisplay.RunAsync(display =>
                Task.Run(() => SizeSweep.RunPartAsync(training, heldOut, options, shard, display, cancellation), cancellation)
            );
            ResultLines.Line($"Shard {shard}: models of {made.Length} sizes ({string.Join(", ", made)}) lie in {options.WorkFolder}.");
            return ExitCodes.Done;
        }

        if (args.GetValue(_plot) is { } drawn)
        {
            OutputPlace.CheckFile(drawn);
        }

        var frontier = await StepDisplay.RunAsync(display =>
            Task.Run(() => SizeSweep.RunAsync(training, heldOut, options, display, cancellation), cancellation)
        );
        if (args.GetValue(_plot) is { } plot)
        {
            AtomicFile.WriteText(
                plot,
                FrontierChart.Draw(
                    frontier.Points,
                    $"{recipe.Name} by size of input, {training.Name}",
                    $"{frontier.Metrics.Samples} held-out pictures; {CpuFeatures.Current.Model}, {options.Threads} thread"
                        + $"{(options.Threads == 1 ? "" : "s")}, ONNX Runtime {OnnxModel.RuntimeVersion}"
                )
            );
        }

        SizesOutput.Write(frontier, options, args.GetValue(_json));
        return ExitCodes.Done;
    }
}
