using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNetPerson.Packaging;

/// <summary>Reading and writing <c>manifest.json</c> without reflection.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(CamelCaseEnum<Images.ResizeKind>)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip
)]
[JsonSerializable(typeof(PackageManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext
{
    public static byte[] Write(PackageManifest manifest) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(manifest, Default.PackageManifest), (byte)'\n'];

    /// <exception cref="JsonException">The text is not a manifest; the message has the position.</exception>
    public static PackageManifest Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, Default.PackageManifest) ?? throw new JsonException("the document is null");
}
