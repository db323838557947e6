using System.CommandLine;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary>What <c>--tune</c> says.</summary>
internal static class TuneChoice
{
    private const string Name = "--tune";

    public static Option<bool> Option() =>
        new(Name)
        {
            Description =
                "learn below the head too, as the recipe's block \"tuning\" says (a recipe that has one asks for it by itself): minutes to "
                + "hours on a CPU; Ctrl+C keeps the best so far; the first time fetches libtorch",
        };

    /// <summary>Whether to tune.</summary>
    public static bool IsAsked(ParseResult args, Recipe recipe) => args.GetValue<bool>(Name) || recipe.Tuning is not null;

    /// <summary>Whether the verb takes signals into its own hands: any retrain that may tune.</summary>
    public static bool HandlesSignals(ParseResult args)
    {
        if (args.CommandResult.Command.Name != "retrain" || args.Errors.Count > 0)
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
