using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using MLNetPerson.Training.Onnx.Proto;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Quantization.Passes;

/// <summary>
/// Keeps weights and biases as 16-bit floats, cast to 32 bits once when the model is loaded: half the file, the same speed. What
/// 16 bits cannot hold stays as it is.
/// </summary>
/// <remarks>IEEE 754 binary16: 11 bits of precision from 2⁻¹⁴ to 65,504.</remarks>
internal sealed class StoreAsHalf : GraphPass
{
    private const float Largest = 65504;

    /// <summary>Weights below 2⁻²⁵ become zero; where the largest weight of a tensor is not far above, that would be all of it.</summary>
    private const float Smallest = 1f / 1024;

    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var tensor in Weights(graph).ToList())
        {
            var values = tensor.Floats();
            var largest = values.Max(MathF.Abs);
            if (!(largest <= Largest) || (largest < Smallest && largest != 0))
            {
                continue;
            }

            var half = graph.SetInitializer(
                OnnxTensor.Of(graph.FreshName($"{tensor.Name}/half"), [.. values.Select(value => (Half)value)], [.. tensor.Dims])
            );
            var real = graph.FreshName($"{tensor.Name}/float");
            graph.Nodes.Add(OnnxNode.Create("Cast", [half], [real], OnnxNode.Attribute("to", (long)DataType.Float)));
            graph.Rewire(tensor.Name, real);
            graph.Nodes[^1].Input[0] = half;
            changes.Add(new GraphChange(tensor.Name, "kept as 16-bit floats"));
        }
    }

    /// <summary>The float constants that convolutions and matrix products read, other than single numbers.</summary>
    private static IEnumerable<TensorProto> Weights(OnnxGraph graph) =>
        graph
            .Nodes.Where(node => node.IsStandard("Conv") || node.IsStandard("Gemm") || node.IsStandard("MatMul"))
            .SelectMany(node => node.Input.Select(graph.Initializer))
            .OfType<TensorProto>()
            .Where(tensor => tensor.IsFloat() && tensor.Count() > 1)
            .Distinct();
}
