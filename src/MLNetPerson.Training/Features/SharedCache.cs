using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Training.Backbones;

namespace MLNetPerson.Training.Features;

/// <summary>
/// What a shared cache folder says of itself in <c>features.json</c>: all that its features depend on but the pictures. Whoever opens it
/// for
/// something else is refused, since features of two networks in one folder would be mixed without a trace.
/// </summary>
internal sealed record SharedCache
{
    public const string File = "features.json";

    private const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>Of the folder's files.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The backbone's name.</summary>
    public required string Backbone { get; init; }

    /// <summary>SHA-256 of the feature network, taps and pooling included.</summary>
    public required string Network { get; init; }

    /// <summary>Size of the input, and how pictures are brought to it.</summary>
    public required string Input { get; init; }

    /// <summary>Number of features.</summary>
    public required int Width { get; init; }

    /// <summary>What decodes and resizes.</summary>
    public required string Pixels { get; init; }

    /// <summary>What runs the network.</summary>
    public required string Runtime { get; init; }

    /// <summary>What a network's features depend on, here.</summary>
    public static SharedCache Of(FeatureNetwork network) =>
        new()
        {
            Backbone = network.Card.Name,
            Network = network.Sha256,
            Input = string.Create(
                CultureInfo.InvariantCulture,
                $"{network.Input.Width} x {network.Input.Height}, {network.Input.Resize.ToString().ToLowerInvariant()}"
            ),
            Width = network.Width,
            Pixels = ImageReader.Fingerprint,
            Runtime = $"ONNX Runtime {OnnxModel.RuntimeVersion}",
        };

    /// <summary>Opens a folder for a network's features, or makes it one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="network">Whose features it holds.</param>
    /// <param name="mayCreate">Whether a folder that is not there is made; where not, a misspelled name would begin from nothing.</param>
    /// <exception cref="FeatureException">It holds something else; the message names both.</exception>
    /// <exception cref="IOException">It cannot be read or made.</exception>
    public static string Open(string folder, FeatureNetwork network, bool mayCreate)
    {
        var wanted = Of(network);
        var path = Path.Combine(folder, File);
        if (!mayCreate && !System.IO.File.Exists(path))
        {
            throw new FeatureException(
                $"'{folder}' is no cache of features: there is no {File} in it. Make it with 'mlnetperson features DATASET --cache "
                    + $"{folder}', or leave --cache out."
            );
        }

        try
        {
            if (!System.IO.File.Exists(path))
            {
                // Several processes may come here at once: each writes the same bytes, whole.
                AtomicFile.WriteText(path, JsonSerializer.Serialize(wanted, Json));
            }

            var found =
                JsonSerializer.Deserialize<SharedCache>(System.IO.File.ReadAllText(path), Json)
                ?? throw new JsonException("the file is empty");
            return wanted.Difference(found) is not { } difference
                ? folder
                : throw new FeatureException(
                    $"'{folder}' is the cache of another recipe: {difference}. Name another folder by --cache, or use the recipe and the "
                        + "version that it was made with; nothing in it was changed."
                );
        }
        catch (JsonException exception)
        {
            throw new FeatureException(
                $"'{path}' cannot be read: {exception.Message} Delete this one file and run 'mlnetperson features' again; features that "
                    + "are there are kept."
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The cache folder '{folder}' cannot be used: {exception.Message}", exception);
        }
    }

    private string? Difference(SharedCache found) =>
        found.Format != Format ? $"its files are of format {found.Format}, this program's of {Format}"
        : found.Backbone != Backbone ? $"its backbone is '{found.Backbone}', this one '{Backbone}'"
        : found.Input != Input ? $"its input is {found.Input}, this one {Input}"
        : found.Width != Width ? $"it has {found.Width} features a picture, this one {Width}"
        : found.Network != Network ? $"its network has SHA-256 {found.Network[..12]}…, this one {Network[..12]}…"
        : found.Pixels != Pixels ? $"its pixels were made by '{found.Pixels}', here they are made by '{Pixels}'"
        : found.Runtime != Runtime ? $"its features were computed by {found.Runtime}, here they are by {Runtime}"
        : null;
}
