using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MLNetPerson.Notebooks;

/// <summary>A notebook file in nbformat 4.5, edited in place so that nothing is lost that this program does not know.</summary>
public sealed class Notebook
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonObject _root;

    private Notebook(string path, JsonObject root) => (Path, _root) = (path, root);

    public string Path { get; }

    public IReadOnlyList<JsonObject> Cells => [.. _root["cells"]!.AsArray().Select(cell => cell!.AsObject())];

    public IEnumerable<JsonObject> CodeCells => Cells.Where(cell => (string)cell["cell_type"]! == "code");

    public IEnumerable<JsonObject> MarkdownCells => Cells.Where(cell => (string)cell["cell_type"]! == "markdown");

    public static Notebook Open(string path) => new(path, JsonNode.Parse(File.ReadAllText(path))!.AsObject());

    /// <summary>nbformat keeps text as one string or as lines that end in line feeds.</summary>
    public static string Text(JsonNode? node) =>
        node is JsonArray lines ? string.Concat(lines.Select(line => (string)line!)) : (string?)node ?? "";

    public static void SetSource(JsonObject cell, string text) => cell["source"] = Lines(text);

    public static void SetOutputs(JsonObject cell, int count, IEnumerable<CellOutput> outputs)
    {
        cell["execution_count"] = count;
        cell["outputs"] = new JsonArray([.. outputs.Select(output => (JsonNode)ToJson(output, count))]);
    }

    public static IEnumerable<CellOutput> Outputs(JsonObject cell) =>
        cell["outputs"]!
            .AsArray()
            .Select(output => output!.AsObject())
            .Select(output =>
                (string)output["output_type"]! is "stream" ? new CellOutput("stream", "text/plain", Text(output["text"]))
                : output["data"]!.AsObject().First() is var data
                    ? new CellOutput((string)output["output_type"]!, data.Key, Text(data.Value))
                : null!
            );

    public void Save()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Indented))
        {
            _root.WriteTo(writer);
        }

        File.WriteAllText(Path, Encoding.UTF8.GetString(stream.ToArray()) + "\n");
    }

    private static JsonObject ToJson(CellOutput output, int count) =>
        output.Kind switch
        {
            "stream" => new JsonObject
            {
                ["name"] = "stdout",
                ["output_type"] = "stream",
                ["text"] = Lines(output.Text),
            },
            "execute_result" => new JsonObject
            {
                ["data"] = Data(output),
                ["execution_count"] = count,
                ["metadata"] = new JsonObject(),
                ["output_type"] = output.Kind,
            },
            _ => new JsonObject
            {
                ["data"] = Data(output),
                ["metadata"] = new JsonObject(),
                ["output_type"] = output.Kind,
            },
        };

    private static JsonObject Data(CellOutput output) => new() { [output.MimeType] = Lines(output.Text) };

    private static JsonArray Lines(string text)
    {
        var lines = text.Split('\n');
        return new JsonArray([
            .. lines
                .Select((line, i) => i < lines.Length - 1 ? line + "\n" : line)
                .Where(line => line.Length > 0)
                .Select(line => (JsonNode)JsonValue.Create(line)),
        ]);
    }
}
