using System.CommandLine;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary>What <c>--tune</c> says.</summary>
internal static class TuneChoice
{
    private const string Name = "--tune";
    private const string RateName = "--find-rate";

    public static Option<bool> Option() =>
        new(Name)
        {
            Description =
                "learn below the head too, as the recipe's block \"tuning\" says (a recipe that has one asks for it by itself): minutes to "
                + "hours on a CPU; Ctrl+C keeps the best so far; the first time fetches libtorch",
        };

    public static Option<bool> RateOption() =>
        new(RateName)
        {
            Description =
                "tune nothing and write no package: raise the learning rate step by step until the loss grows, draw the curve into the "
                + "report, and suggest a rate for the recipe's block \"tuning\"",
        };

    /// <summary>Whether the learning rate range test is wanted instead.</summary>
    public static bool IsRateAsked(ParseResult args) => args.GetValue<bool>(RateName);

    /// <summary>Whether to tune.</summary>
    public static bool IsAsked(ParseResult args, Recipe recipe) => args.GetValue<bool>(Name) || recipe.Tuning is not null;

    /// <summary>Whether the verb takes signals into its own hands: any retrain that may tune.</summary>
    public static bool HandlesSignals(ParseResult args)
    {
        if (args.CommandResult.Command.Name != "retrain" || args.Errors.Count > 0 || IsRateAsked(args))
        {
            return false;
        }

        try
        {
            return IsAsked(args, RecipeCatalog.Open(args.GetValue<string>("--recipe") ?? RecipeCatalog.DefaultName));
        }
        catch (RecipeException)
        {
            return false; // the verb says what is wrong with it
        }
    }
}
