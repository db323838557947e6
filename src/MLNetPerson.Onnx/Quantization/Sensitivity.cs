using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using MLNetPerson.Files;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Work;

namespace MLNetPerson.Onnx.Quantization;

/// <summary>Which layers lose most as integers.</summary>
internal static class Sensitivity
{
    private const string Ending = ".layers";

    /// <summary>Encodes one layer at a time, all others in float, and measures what it does to the logit; the worst layer first.</summary>
    /// <param name="encoder">Calibrated.</param>
    /// <param name="options">As for the whole graph.</param>
    /// <param name="probe">On pictures of the calibration set.</param>
    /// <param name="left">Nodes that stay in float whatever they do.</param>
    /// <param name="sharedFolder">Where processes leave what they measured, or null.</param>
    /// <param name="shard">Layers of other shards are left out.</param>
    /// <param name="cancellation">Ends the work between two layers.</param>
    public static ImmutableArray<LayerSensitivity> Rank(
        Int8Encoder encoder,
        Int8Options options,
        LogitProbe probe,
        IReadOnlySet<string> left,
        string? sharedFolder,
        Shard shard,
        CancellationToken cancellation = default
    )
    {
        using var measured = sharedFolder is null ? null : new RecordFolder(sharedFolder, sizeof(double), Ending);
        List<string> all = [.. encoder.Prepared.Nodes.Select(node => node.Name)];
        var ranked = new List<LayerSensitivity>();
        foreach (
            var layer in encoder
                .Prepared.Nodes.Where(node => node.IsStandard("Conv") || node.IsStandard("Gemm") || node.IsStandard("Add"))
                .Select(node => node.Name)
                .Where(name => !left.Contains(name))
        )
        {
            cancellation.ThrowIfCancellationRequested();
            var (graph, _) = encoder.Encode(options, all.Where(name => name != layer).ToHashSet(StringComparer.Ordinal));
            if (measured is null)
            {
                ranked.Add(new LayerSensitivity(layer, probe.Error(graph)));
                continue;
            }

            // Known by the graph that is measured and what it is measured on: nothing else goes into the number.
            var key = SHA256.HashData([.. graph.ToBytes(), .. probe.Key]);
            if (shard.Owns(Convert.ToHexStringLower(key)))
            {
                ranked.Add(new LayerSensitivity(layer, Measured(measured, key, () => probe.Error(graph))));
            }
        }

        return [.. ranked.OrderByDescending(layer => layer.LogitError).ThenBy(layer => layer.Node, StringComparer.Ordinal)];
    }

    private static double Measured(RecordFolder measured, byte[] key, Func<double> measure)
    {
        Span<byte> payload = stackalloc byte[sizeof(double)];
        if (!measured.TryRead(key, payload))
        {
            BinaryPrimitives.WriteDoubleLittleEndian(payload, measure());
            measured.Write(key, payload);
        }

        return BinaryPrimitives.ReadDoubleLittleEndian(payload);
    }
}
