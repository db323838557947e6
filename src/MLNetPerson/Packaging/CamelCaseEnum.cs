using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNetPerson.Packaging;

/// <summary>Writes an enumeration's names in lower camel case (<c>centerCrop</c>) and takes no numbers, as all JSON of this project
/// does.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
