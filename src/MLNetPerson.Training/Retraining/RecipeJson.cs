using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNetPerson.Training.Retraining;

/// <summary>Reading and writing recipes. A misspelt property is an error, one left out keeps its default.</summary>
internal static class RecipeJson
{
    // By reflection: generated readers lose the defaults of init-only properties.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <exception cref="JsonException">Not a recipe; the message has the position.</exception>
    public static Recipe ReadRecipe(Stream json) =>
        JsonSerializer.Deserialize<Recipe>(json, Options) ?? throw new JsonException("the document is null");

    public static string Write(Recipe recipe) => JsonSerializer.Serialize(recipe, Options);
}
