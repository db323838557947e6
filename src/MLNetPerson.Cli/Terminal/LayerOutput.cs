using System.Globalization;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;

namespace MLNetPerson.Cli.Terminal;

/// <summary>A model layer by layer, as ONNX Runtime runs it on this machine.</summary>
internal static class LayerOutput
{
    public static void Write(PackageEncoding encoding, IReadOnlyList<LayerInfo> layers, bool json)
    {
        if (json)
        {
            JsonOutput.Write(
                new
                {
                    Encoding = encoding.Name,
                    encoding.File,
                    Layers = layers,
                }
            );
            return;
        }

        var width = layers.Max(layer => layer.Operation.Length) + 2;
        Console.Out.WriteLine($"{"",4}  {"operation".PadRight(width)}{"reads",-8}{"weights",-9}{"gives",-8}runs on   node");
        foreach (var (index, layer) in layers.Index())
        {
            Console.Out.WriteLine(
                $"{(index + 1).ToString(CultureInfo.InvariantCulture),4}  {layer.Operation.PadRight(width)}{layer.Input,-8}"
                    + $"{layer.Weights,-9}{layer.Output,-8}{(layer.IsInteger ? "integers" : "float"),-10}{layer.Name}"
            );
        }

        Console.Out.WriteLine(
            $"{encoding.Name}: {layers.Count(layer => layer.IsInteger)} of {layers.Count} nodes run on integers; in float: "
                + $"{InFloat(layers)}."
        );
    }

    private static string InFloat(IEnumerable<LayerInfo> layers)
    {
        var counts = layers
            .Where(layer => !layer.IsInteger)
            .GroupBy(layer => layer.Operation, StringComparer.Ordinal)
            .Select(group => $"{group.Count()} {group.Key}")
            .ToList();
        return counts.Count == 0 ? "none" : string.Join(", ", counts);
    }
}
