using System.Text;
using System.Text.Json;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Retraining;

/// <summary>Finds recipes: those that come with the product by name, a user's own by file.</summary>
public static class RecipeCatalog
{
    /// <summary>The recipe that is used where none is named.</summary>
    public const string DefaultName = "light";

    private const string ResourcePrefix = "recipes/";

    /// <summary>The names of the recipes that come with the product.</summary>
    public static IReadOnlyList<string> Names =>
        [
            .. typeof(RecipeCatalog)
                .Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
                .Select(name => Path.GetFileNameWithoutExtension(name[ResourcePrefix.Length..]))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The recipe that a package was made by.</summary>
    /// <exception cref="RecipeException">The package names none that can be run again; the message says what is in the way.</exception>
    public static Recipe Of(PackageManifest manifest)
    {
        try
        {
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(manifest.Recipe.ToJsonString()));
            var recipe = RecipeJson.ReadRecipe(json);
            return recipe.Fault() is { } fault
                ? throw new RecipeException($"The recipe of package '{manifest.Name}' has faults: {fault}. Name one by --recipe.")
                : recipe;
        }
        catch (JsonException exception)
        {
            throw new RecipeException(
                $"The recipe of package '{manifest.Name}' cannot be run again: {exception.Message} Name one by --recipe.",
                exception
            );
        }
    }

    /// <summary>Reads a recipe.</summary>
    /// <param name="nameOrFile">A name from <see cref="Names"/>, or the path of a JSON file.</param>
    /// <exception cref="RecipeException">There is none, or it has faults; all of them are in the message.</exception>
    public static Recipe Open(string nameOrFile)
    {
        try
        {
            using var stream =
                typeof(RecipeCatalog).Assembly.GetManifestResourceStream($"{ResourcePrefix}{nameOrFile}.json") ?? File.OpenRead(nameOrFile);
            var recipe = RecipeJson.ReadRecipe(stream);
            return recipe.Fault() is { } fault ? throw new RecipeException($"Recipe '{nameOrFile}' has faults: {fault}.") : recipe;
        }
        catch (JsonException exception)
        {
            throw new RecipeException($"Recipe '{nameOrFile}' cannot be read: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException(
                $"There is no recipe '{nameOrFile}' (by name there are: {string.Join(", ", Names)}), and it cannot be read as a file: "
                    + $"{exception.Message}",
                exception
            );
        }
    }
}
