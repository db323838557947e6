using MLNetPerson.Images;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary>A recipe with what the command line says instead.</summary>
internal static class RecipeChoice
{
    public static Recipe Apply(Recipe recipe, int? size, int? seed, string? backbone, string? threshold)
    {
        var changed = recipe with
        {
            Input = size is { } side ? new ImageSpec(side, side, recipe.Input.Resize) : recipe.Input,
            Head = seed is { } chosen ? recipe.Head with { Seed = chosen } : recipe.Head,
            Backbone = backbone ?? recipe.Backbone,
            Threshold = threshold ?? recipe.Threshold,
        };
        return changed.Fault() is { } fault
            ? throw new RecipeException($"Recipe '{recipe.Name}' with the options given has faults: {fault}.")
            : changed;
    }
}
