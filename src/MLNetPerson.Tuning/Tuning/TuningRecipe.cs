using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Tuning;

/// <summary>A recipe's block "tuning". A misspelt property is an error, one left out keeps its default.</summary>
public static class TuningRecipe
{
    // By reflection: generated readers lose the defaults of init-only properties.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>How a recipe tunes; the defaults where it has no such block.</summary>
    /// <exception cref="RecipeException">It has faults; all of them are in the message.</exception>
    public static TuningOptions Of(Recipe recipe)
    {
        if (recipe.Tuning is null)
        {
            return new TuningOptions();
        }

        try
        {
            var options = recipe.Tuning.Deserialize<TuningOptions>(Options) ?? throw new JsonException("the block is null");
            return options.Fault() is { } fault
                ? throw new RecipeException($"Recipe '{recipe.Name}', block 'tuning', has faults: {fault}.")
                : options;
        }
        catch (JsonException exception)
        {
            throw new RecipeException($"Recipe '{recipe.Name}', block 'tuning', cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The recipe with these options as its block.</summary>
    public static Recipe With(Recipe recipe, TuningOptions options) =>
        recipe with
        {
            Tuning = (JsonObject)JsonSerializer.SerializeToNode(options, Options)!,
        };
}
