using System.Collections.Immutable;

namespace MLNetPerson.Training.Quantization;

/// <summary>What became integers, what stayed in float, and why.</summary>
/// <param name="Quantized">Activations, in the graph's order.</param>
/// <param name="Skipped">Nodes that stayed in float.</param>
/// <param name="Changes">What else was done to the graph, for a reader.</param>
public sealed record QuantizationReport(
    ImmutableArray<QuantizedTensor> Quantized,
    ImmutableArray<SkippedNode> Skipped,
    ImmutableArray<string> Changes
)
{
    /// <summary>For example "61 tensors to integers, 0 nodes left in float".</summary>
    public override string ToString() => $"{Quantized.Length} tensors to integers, {Skipped.Length} nodes left in float";
}
