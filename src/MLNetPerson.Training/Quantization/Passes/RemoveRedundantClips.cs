using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using MLNetPerson.Training.Onnx.Proto;

namespace MLNetPerson.Training.Quantization.Passes;

/// <summary>
/// Removes Clip and Relu nodes whose bounds the integers of their output keep anyway: saturation does their work for nothing. What
/// they clip takes their output's name.
/// </summary>
/// <param name="parameters">Of the outputs that become integers.</param>
/// <param name="kept">Nodes that stay in float, and so need their bounds.</param>
internal sealed class RemoveRedundantClips(IReadOnlyDictionary<string, QuantizationParameters> parameters, IReadOnlySet<string> kept)
    : GraphPass
{
    /// <summary>Part of a step by which an end of the integers may stand over the bound: rounding of the scale.</summary>
    private const double Rounding = 1e-3;

    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var clip in graph.Nodes.Where(node => node.IsStandard("Clip") || node.IsStandard("Relu")).ToList())
        {
            var (input, output) = (clip.Input[0], clip.Output[0]);
            if (
                graph.Producer(input) is not { } producer
                || !(producer.IsStandard("Conv") || producer.IsStandard("Add") || producer.IsStandard("Gemm"))
                || kept.Contains(producer.Name)
                || graph.OnlyConsumer(input) is null
                || Bounds(graph, clip) is not { } bounds
                || !parameters.TryGetValue(output, out var integers)
                || integers.Dequantize(IntegerRange.Activations.Min) < bounds.Min - (Rounding * integers.Scale)
                || integers.Dequantize(IntegerRange.Activations.Max) > bounds.Max + (Rounding * integers.Scale)
            )
            {
                continue;
            }

            graph.Nodes.Remove(clip);
            producer.Output[producer.Output.IndexOf(input)] = output;
            changes.Add(new GraphChange(clip.Name, $"removed: the integers of its output end at its bounds"));
        }
    }

    private static TensorRange? Bounds(OnnxGraph graph, NodeProto clip)
    {
        if (clip.OpType == "Relu")
        {
            return new TensorRange(0, double.PositiveInfinity);
        }

        double? Bound(int index, double open) =>
            clip.Input.Count <= index || clip.Input[index].Length == 0 ? open
            : graph.Initializer(clip.Input[index]) is { } constant && constant.IsFloat() && constant.Count() == 1 ? constant.Floats()[0]
            : null;
        return Bound(1, double.NegativeInfinity) is { } min && Bound(2, double.PositiveInfinity) is { } max
            ? new TensorRange(min, max)
            : null;
    }
}
