using System.Text.Json;

namespace MLNetPerson.Training.Backbones;

/// <summary>Opens backbones: those that come with the product by name, a user's own by file.</summary>
public static class BackboneCatalog
{
    private const string ResourcePrefix = "backbones/";

    /// <summary>The names of the backbones that come with the product.</summary>
    public static IReadOnlyList<string> Names =>
        [
            .. typeof(BackboneCatalog)
                .Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
                .Select(name => Path.GetFileNameWithoutExtension(name[ResourcePrefix.Length..]))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Opens a backbone. Nothing is downloaded before its network is needed.</summary>
    /// <param name="nameOrFile">A name from <see cref="Names"/>, or the path of an ONNX file with a card beside it: the same path, ending
    /// in <c>.json</c>.</param>
    /// <exception cref="BackboneException">There is none of that name, or the file or its card is missing or faulty.</exception>
    public static Backbone Open(string nameOrFile)
    {
        if (typeof(BackboneCatalog).Assembly.GetManifestResourceStream($"{ResourcePrefix}{nameOrFile}.json") is { } resource)
        {
            using (resource)
            {
                return new TfjsBackbone(Read(resource, nameOrFile));
            }
        }

        if (!File.Exists(nameOrFile))
        {
            throw new BackboneException(
                $"There is no backbone '{nameOrFile}'. By name there are: {string.Join(", ", Names)}; anything else is taken as the path "
                    + $"of an ONNX file."
            );
        }

        var cardPath = Path.ChangeExtension(nameOrFile, ".json");
        try
        {
            using var file = File.OpenRead(cardPath);
            return new OnnxFileBackbone(Read(file, cardPath), nameOrFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackboneException(
                $"Backbone '{nameOrFile}' needs a card at '{cardPath}' that says how to feed it and where to take features "
                    + $"(models/README.md shows one): {exception.Message}",
                exception
            );
        }
    }

    private static BackboneCard Read(Stream stream, string name)
    {
        try
        {
            return BackboneJson.ReadCard(stream);
        }
        catch (JsonException exception)
        {
            throw new BackboneException($"Backbone card '{name}' cannot be read: {exception.Message}", exception);
        }
    }
}
