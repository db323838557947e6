using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNetPerson.Training.Backbones;

/// <summary>Reading backbone cards. A misspelt property is an error, one left out keeps its default.</summary>
internal static class BackboneJson
{
    // By reflection: generated readers lose the defaults of init-only properties.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <exception cref="JsonException">Not a card; the message has the position.</exception>
    public static BackboneCard ReadCard(Stream json) =>
        JsonSerializer.Deserialize<BackboneCard>(json, Options) ?? throw new JsonException("the document is null");
}
