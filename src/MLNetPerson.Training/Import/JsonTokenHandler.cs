using System.Text.Json;

namespace MLNetPerson.Training.Import;

/// <summary>Is shown every token of a JSON file in turn.</summary>
/// <param name="reader">At the token. Its value is gone after the call.</param>
/// <param name="line">Of the token's start, from 1.</param>
internal delegate void JsonTokenHandler(ref Utf8JsonReader reader, LineCounter line);
