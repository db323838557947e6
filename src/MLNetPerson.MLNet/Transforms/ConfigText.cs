using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>
/// What a saved step has to know, as a text constant of one of ML.NET's expressions: a custom mapping alone saves nothing but its name.
/// Letters, digits, +, / and = only, nothing that an expression's string would need to escape.
/// </summary>
internal static class ConfigText
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    public static string Write<T>(T config) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(config, Options));

    public static T Read<T>(string text) =>
        JsonSerializer.Deserialize<T>(Convert.FromBase64String(text), Options)
        ?? throw new InvalidOperationException("The configuration of a step of this model is empty. Save the model again.");
}
