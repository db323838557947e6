using System.CommandLine;
using System.Globalization;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Bundles;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Training.Retraining.Sizes;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>retrain --budget-ms</c>: the size of the input is chosen for the time that an answer may take.</summary>
internal sealed class BudgetChoice
{
    private const string ThisMachine = "this";

    private readonly Option<double?> _milliseconds = new("--budget-ms")
    {
        Description =
            "choose the size of the input: the most accurate of those whose answers, from file to answer, take at most so many "
            + "milliseconds 95 times in 100 on this machine",
        HelpName = "ms",
    };

    private readonly Option<string> _machine = new("--budget-on")
    {
        Description =
            $"whose time --budget-ms is about: {ThisMachine} machine, measured, or {string.Join(" or ", FrameRateEstimator.Boards.Keys)} "
            + $"by ESTIMATE",
        DefaultValueFactory = _ => ThisMachine,
        HelpName = "machine",
        CompletionSources = { CommonOptions.Words([ThisMachine, .. FrameRateEstimator.Boards.Keys]) },
    };

    private readonly Option<string?> _sizes = SizeList.Option(
        $"sizes to choose from for --budget-ms; {string.Join(',', SizeBudget.DefaultSides)} where left out"
    );

    public void AddTo(Command verb)
    {
        verb.Options.Add(_milliseconds);
        verb.Options.Add(_machine);
        verb.Options.Add(_sizes);
    }

    /// <summary>The options of a retrain with the size chosen, where a budget is named.</summary>
    public async Task<RetrainOptions> ApplyAsync(
        ParseResult args,
        int? size,
        Dataset training,
        RetrainOptions options,
        IProgress<RetrainProgress> progress,
        CancellationToken cancellation
    )
    {
        if (args.GetValue(_milliseconds) is not { } milliseconds)
        {
            return args.GetResult(_machine) is { Implicit: false } || args.GetValue(_sizes) is not null
                ? throw new RecipeException("--budget-on and --sizes go with --budget-ms, which names the time.")
                : options;
        }

        if (size is not null)
        {
            throw new RecipeException("--size and --budget-ms both say how large the input is. Leave one out.");
        }

        ModelPackageWriter.CheckFree(options.Out);
        var machine = args.GetRequiredValue(_machine);
        var (recipe, budget) = await BudgetChooser.ChooseAsync(
            training,
            options,
            new SizeBudget
            {
                Milliseconds = milliseconds,
                Board = machine == ThisMachine ? null : machine,
                Sides = args.GetValue(_sizes) is { } sizes ? SizeList.Parse(sizes) : SizeBudget.DefaultSides,
            },
            progress,
            cancellation
        );
        return options with { Recipe = recipe, Budget = budget };
    }

    /// <summary>Measures the package as written against its budget, and says how it came about.</summary>
    /// <returns>Whether the budget holds.</returns>
    public static bool Report(PackageBudget? budget, string package, Dataset training, bool json)
    {
        if (budget is null)
        {
            return true;
        }

        var asWritten =
            budget.Basis == PackageBudget.Measured
                ? BudgetChooser.Verify(ModelPackage.Open(package), training, new SizeBudget { Milliseconds = budget.Milliseconds }.Seconds)
                : null;
        if (!json)
        {
            Console.Out.WriteLine();
            SizesOutput.WriteText(budget, asWritten);
        }

        if (asWritten is { Fits: false })
        {
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"refused: as written, the package takes {asWritten.Milliseconds:0.00} ms (up to {asWritten.High:0.00}) at the 95th "
                        + $"percentile, {budget.Milliseconds} were asked for. It is there; allow more, or name smaller sizes by --sizes."
                )
            );
        }

        return asWritten is not { Fits: false };
    }
}
