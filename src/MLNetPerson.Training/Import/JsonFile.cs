using System.Text.Json;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>JSON documents of tools for labelling, read without trusting their shape.</summary>
internal static class JsonFile
{
    /// <exception cref="DatasetException">The file cannot be read, or is not JSON; the message has line and byte.</exception>
    public static JsonDocument Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonDocument.Parse(stream);
        }
        catch (JsonException exception)
        {
            throw NotJson(path, exception, 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <param name="path">The file.</param>
    /// <param name="exception">Of a document that begins behind <paramref name="linesBefore"/> lines.</param>
    /// <param name="linesBefore">Lines of the file in front of the document.</param>
    public static DatasetException NotJson(string path, JsonException exception, long linesBefore) =>
        new(
            $"'{path}' cannot be read as JSON: line {linesBefore + exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: "
                + $"{exception.Message.Split(" LineNumber:")[0]} Fetch the file again, or repair it.",
            exception
        );

    /// <summary>A property's value; null where the element is no object, has no such property, or it is null.</summary>
    public static JsonElement? Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static string? Text(this JsonElement? element) =>
        element switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            { ValueKind: JsonValueKind.True } => "true",
            { ValueKind: JsonValueKind.False } => "false",
            _ => null,
        };

    public static double? Number(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : null;

    /// <summary>The items of an array; none where it is no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>Four numbers of an array, or null.</summary>
    public static double[]? FourNumbers(this JsonElement? element)
    {
        var numbers = element.Items().Select(item => ((JsonElement?)item).Number()).ToList();
        return numbers.Count == 4 && numbers.All(number => number is not null) ? [.. numbers.Select(number => number!.Value)] : null;
    }

    /// <summary>Points as [[x, y], …]; null where they are written otherwise.</summary>
    public static List<(double X, double Y)>? Points(this JsonElement? element)
    {
        List<(double, double)> points = [];
        foreach (var item in element.Items())
        {
            var pair = ((JsonElement?)item).Items().Select(one => ((JsonElement?)one).Number()).ToList();
            if (pair is not [{ } x, { } y, ..])
            {
                return null;
            }

            points.Add((x, y));
        }

        return points.Count > 0 ? points : null;
    }
}
