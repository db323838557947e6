using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MLNetPerson.Images;

namespace MLNetPerson.Training.Detection;

/// <summary>How the last layer of a detector's heads is fitted on annotated pictures.</summary>
public sealed record HeadFitOptions
{
    /// <summary>Penalty on a filter's distance from the published one, in boxes: so many boxes weigh as much as what was published. Range
    /// (0, ∞). From 30 to 3000 it makes little difference; models/results/boxes-fit.csv has the numbers.</summary>
    public double Prior { get; init; } = 300;

    /// <summary>Overlap from which on boxes of the training pictures are suppressed before they are judged. Range [0, 1].</summary>
    public double IouThreshold { get; init; } = 0.5;

    /// <summary>Parts that the pictures are divided into, so that scores are calibrated on pictures that the fit did not see. Range [2,
    /// 20].</summary>
    public int Folds { get; init; } = 3;

    /// <summary>Seeds the division.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (Prior is not (> 0 and < double.PositiveInfinity))
        {
            faults.Add(FormattableString.Invariant($"a prior of {Prior} boxes is not above 0"));
        }

        if (IouThreshold is not (>= 0 and <= 1))
        {
            faults.Add(FormattableString.Invariant($"an IoU threshold of {IouThreshold} is outside 0 to 1"));
        }

        if (Folds is < 2 or > 20)
        {
            faults.Add($"{Folds} folds are outside 2 to 20");
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}

/// <summary>What a detector is made from: everything that decides it but the pictures.</summary>
public sealed record DetectorRecipe
{
    private const string ResourcePrefix = "detectors/";

    /// <summary>The recipe that is used where none is named.</summary>
    public const string DefaultName = "person-320";

    // By reflection: generated readers lose the defaults of init-only properties.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public string Description { get; init; } = "";

    /// <summary>A backbone's name, or the path of an ONNX file with a card beside it; the card has a <c>detector</c>.</summary>
    public required string Backbone { get; init; }

    /// <summary>What the model reads: 320, 300, 224 or 160 pixels a side, or any other size.</summary>
    public required ImageSpec Input { get; init; }

    /// <summary>How the last layer is fitted where pictures with boxes are given.</summary>
    public HeadFitOptions Fit { get; init; } = new();

    /// <summary>The names of the recipes that come with the product.</summary>
    public static IReadOnlyList<string> Names =>
        [
            .. typeof(DetectorRecipe)
                .Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
                .Select(name => Path.GetFileNameWithoutExtension(name[ResourcePrefix.Length..]))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (string.IsNullOrWhiteSpace(Name))
        {
            faults.Add("'name' is empty");
        }

        if (string.IsNullOrWhiteSpace(Backbone))
        {
            faults.Add("'backbone' is empty");
        }

        if (Input.Fault() is { } input)
        {
            faults.Add($"'input': {input}");
        }

        if (Fit.Fault() is { } fit)
        {
            faults.Add($"'fit': {fit}");
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }

    /// <summary>Reads a recipe.</summary>
    /// <param name="nameOrFile">A name from <see cref="Names"/>, or the path of a JSON file.</param>
    /// <exception cref="DetectionException">There is none, or it has faults; all of them are in the message.</exception>
    public static DetectorRecipe Open(string nameOrFile)
    {
        try
        {
            using var stream =
                typeof(DetectorRecipe).Assembly.GetManifestResourceStream($"{ResourcePrefix}{nameOrFile}.json")
                ?? File.OpenRead(nameOrFile);
            return Checked(JsonSerializer.Deserialize<DetectorRecipe>(stream, Options), $"Recipe '{nameOrFile}'");
        }
        catch (JsonException exception)
        {
            throw new DetectionException($"Recipe '{nameOrFile}' of a detector cannot be read: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DetectionException(
                $"There is no recipe '{nameOrFile}' of a detector (by name there are: {string.Join(", ", Names)}), and it cannot be "
                    + "read as a "
                    + $"file: {exception.Message}",
                exception
            );
        }
    }

    /// <summary>The recipe that a detector's package was made by.</summary>
    /// <exception cref="DetectionException">The package names none that can be run again.</exception>
    public static DetectorRecipe Of(Packaging.PackageManifest manifest)
    {
        try
        {
            return Checked(manifest.Recipe.Deserialize<DetectorRecipe>(Options), $"The recipe of package '{manifest.Name}'");
        }
        catch (JsonException exception)
        {
            throw new DetectionException(
                $"The recipe of package '{manifest.Name}' cannot be run again: {exception.Message} Name one by --recipe.",
                exception
            );
        }
    }

    internal JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Options)!.AsObject();

    private static DetectorRecipe Checked(DetectorRecipe? recipe, string what) =>
        recipe is null ? throw new JsonException("the document is null")
        : recipe.Fault() is { } fault ? throw new DetectionException($"{what} has faults: {fault}.")
        : recipe;
}

/// <summary>A detector cannot be made or changed as asked. The message says why and what to do.</summary>
/// <param name="message">What happened, what was expected, what to do.</param>
/// <param name="inner">The error underneath, if any.</param>
public sealed class DetectionException(string message, Exception? inner = null) : Exception(message, inner);
