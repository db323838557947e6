using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MLNetPerson.Training.Onnx;

namespace MLNetPerson.Training.Backbones;

/// <summary>A TensorFlow.js graph model: <c>model.json</c> with its nodes and one list of weights, which follow one another in the
/// shards.</summary>
internal sealed class TfjsModel
{
    private TfjsModel(FrozenDictionary<string, TfjsNode> nodes, FrozenDictionary<string, TfjsTensor> weights)
    {
        Nodes = nodes;
        Weights = weights;
    }

    public FrozenDictionary<string, TfjsNode> Nodes { get; }

    /// <summary>The float32 weights by name; integers, which only pre- and postprocessing use, are passed over.</summary>
    public FrozenDictionary<string, TfjsTensor> Weights { get; }

    /// <summary>Reads a model from its folder.</summary>
    /// <exception cref="OnnxGraphException">The files are not a TensorFlow.js graph model, or a shard is short.</exception>
    public static TfjsModel Load(string folder)
    {
        var path = Path.Combine(folder, "model.json");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var nodes = document
                .RootElement.GetProperty("modelTopology")
                .GetProperty("node")
                .EnumerateArray()
                .Select(ReadNode)
                .ToFrozenDictionary(node => node.Name, StringComparer.Ordinal);
            var manifest = document.RootElement.GetProperty("weightsManifest").EnumerateArray().ToList();
            var weights = new Dictionary<string, TfjsTensor>(StringComparer.Ordinal);
            foreach (var group in manifest)
            {
                ReadGroup(folder, group, weights);
            }

            return new TfjsModel(nodes, weights.ToFrozenDictionary(StringComparer.Ordinal));
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new OnnxGraphException($"'{path}' is not a TensorFlow.js graph model: {exception.Message}", exception);
        }
    }

    private static TfjsNode ReadNode(JsonElement element)
    {
        var attributes = element.TryGetProperty("attr", out var found) ? found : default;
        return new TfjsNode(
            element.GetProperty("name").GetString()!,
            element.GetProperty("op").GetString()!,
            element.TryGetProperty("input", out var inputs)
                ? [.. inputs.EnumerateArray().Select(input => PlainName(input.GetString()!))]
                : [],
            IntegerList(attributes, "strides"),
            IntegerList(attributes, "dilations"),
            Text(attributes, "padding"),
            Text(attributes, "data_format"),
            Attribute(attributes, "epsilon") is { } epsilon && epsilon.TryGetProperty("f", out var value) ? value.GetSingle() : 1e-3f
        );
    }

    // "name:0" is the first output of "name"; "^name" is a control edge, which carries nothing.
    private static string PlainName(string input) => input.Split(':')[0];

    private static JsonElement? Attribute(JsonElement attributes, string name) =>
        attributes.ValueKind == JsonValueKind.Object && attributes.TryGetProperty(name, out var value) ? value : null;

    // Integers come as strings.
    private static ImmutableArray<int> IntegerList(JsonElement attributes, string name) =>
        Attribute(attributes, name) is { } attribute
        && attribute.TryGetProperty("list", out var list)
        && list.TryGetProperty("i", out var values)
            ?
            [
                .. values
                    .EnumerateArray()
                    .Select(value =>
                        value.ValueKind == JsonValueKind.String
                            ? int.Parse(value.GetString()!, CultureInfo.InvariantCulture)
                            : value.GetInt32()
                    ),
            ]
            : [];

    // Text comes as a list of byte values, or in base 64.
    private static string Text(JsonElement attributes, string name)
    {
        if (Attribute(attributes, name) is not { } attribute || !attribute.TryGetProperty("s", out var text))
        {
            return "";
        }

        return Encoding.UTF8.GetString(
            text.ValueKind == JsonValueKind.Array ? [.. text.EnumerateArray().Select(value => value.GetByte())] : text.GetBytesFromBase64()
        );
    }

    private static void ReadGroup(string folder, JsonElement group, Dictionary<string, TfjsTensor> weights)
    {
        using var bytes = new MemoryStream();
        foreach (var shard in group.GetProperty("paths").EnumerateArray())
        {
            using var file = File.OpenRead(Path.Combine(folder, shard.GetString()!));
            file.CopyTo(bytes);
        }

        var all = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        var at = 0;
        foreach (var entry in group.GetProperty("weights").EnumerateArray())
        {
            var name = entry.GetProperty("name").GetString()!;
            ImmutableArray<int> shape = [.. entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
            var type = entry.GetProperty("dtype").GetString();
            if (type is not ("float32" or "int32") || entry.TryGetProperty("quantization", out _))
            {
                throw new FormatException(
                    $"weight '{name}' is of type {type}{(type == "float32" ? ", quantized" : "")}; plain float32 and int32 are read"
                );
            }

            var count = shape.Aggregate(1, (product, size) => checked(product * size));
            if (at + (count * 4) > all.Length)
            {
                throw new FormatException($"weight '{name}' ends at byte {at + (count * 4)}, the shards at {all.Length}");
            }

            if (type == "float32")
            {
                weights[name] = new TfjsTensor(shape, MemoryMarshal.Cast<byte, float>(all.Slice(at, count * 4)).ToArray());
            }

            at += count * 4;
        }
    }
}
