using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;

namespace MLNetPerson.Onnx.Quantization;

/// <summary>Which layers lose most as integers.</summary>
internal static class Sensitivity
{
    /// <summary>Encodes one layer at a time, all others in float, and measures what it does to the logit; the worst layer first.</summary>
    /// <param name="encoder">Calibrated.</param>
    /// <param name="options">As for the whole graph.</param>
    /// <param name="probe">On pictures of the calibration set.</param>
    /// <param name="left">Nodes that stay in float whatever they do.</param>
    /// <param name="cancellation">Ends the work between two layers.</param>
    public static ImmutableArray<LayerSensitivity> Rank(
        Int8Encoder encoder,
        Int8Options options,
        LogitProbe probe,
        IReadOnlySet<string>? left = null,
        CancellationToken cancellation = default
    )
    {
        List<string> all = [.. encoder.Prepared.Nodes.Select(node => node.Name)];
        var ranked = new List<LayerSensitivity>();
        foreach (
            var layer in encoder
                .Prepared.Nodes.Where(node => node.IsStandard("Conv") || node.IsStandard("Gemm") || node.IsStandard("Add"))
                .Select(node => node.Name)
                .Where(name => left?.Contains(name) != true)
        )
        {
            cancellation.ThrowIfCancellationRequested();
            var (graph, _) = encoder.Encode(options, all.Where(name => name != layer).ToHashSet(StringComparer.Ordinal));
            ranked.Add(new LayerSensitivity(layer, probe.Error(graph)));
        }

        return [.. ranked.OrderByDescending(layer => layer.LogitError).ThenBy(layer => layer.Node, StringComparer.Ordinal)];
    }
}
