using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNetPerson.Images;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Bundles;

/// <summary>Reading and writing <c>bundle.json</c>.</summary>
internal static class BundleJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        Converters = { new CamelCaseEnum<ResizeKind>() },
        WriteIndented = true,
        NewLine = "\n",
    };

    public static byte[] Write(BundleManifest manifest) => [.. JsonSerializer.SerializeToUtf8Bytes(manifest, Options), (byte)'\n'];

    /// <exception cref="JsonException">The text is not a bundle's manifest; the message has the position.</exception>
    public static BundleManifest Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<BundleManifest>(json, Options) ?? throw new JsonException("the document is null");
}
