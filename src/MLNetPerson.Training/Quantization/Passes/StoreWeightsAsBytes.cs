using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Quantization.Passes;

/// <summary>
/// Keeps the weights of convolutions as signed bytes with a scale per filter, made float again once when the model is loaded: a
/// quarter of the file, the same speed, activations untouched.
/// </summary>
/// <remarks>
/// Depthwise filters, of few values each and hardly any of the file, would lose most and save least: they are left alone, and so are
/// heads, whose thousands of weights sum their rounding up. Cast and Mul instead of DequantizeLinear, because ONNX Runtime computes
/// those at load; a DequantizeLinear of constants it computes anew in every run.
/// </remarks>
internal sealed class StoreWeightsAsBytes : GraphPass
{
    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var conv in graph.Nodes.Where(node => node.IsStandard("Conv")).ToList())
        {
            if (
                conv.Int("group", 1) != 1
                || graph.Initializer(conv.Input[1]) is not { } weights
                || !weights.IsFloat()
                || graph.Consumers(weights.Name).Count != 1
            )
            {
                continue;
            }

            var filters = (int)weights.Dims[0];
            var quantized = QuantizedWeights.Of(weights.Floats(), filters, null, 1, IntegerRange.Weights);
            var name = weights.Name;
            var bytes = graph.SetInitializer(OnnxTensor.Of(graph.FreshName($"{name}/int8"), quantized.Values, [.. weights.Dims]));
            long[] perFilter = [filters, .. weights.Dims.Skip(1).Select(_ => 1L)];
            var scale = graph.SetInitializer(OnnxTensor.Of(graph.FreshName($"{name}/scale"), quantized.Scales, perFilter));
            var cast = OnnxNode.Create("Cast", [bytes], [graph.FreshName($"{name}/steps")], OnnxNode.Attribute("to", (long)DataType.Float));
            var multiply = OnnxNode.Create("Mul", [cast.Output[0], scale], [graph.FreshName($"{name}/real")]);
            graph.Nodes.Add(cast);
            graph.Nodes.Add(multiply);
            conv.Input[1] = multiply.Output[0];
            changes.Add(new GraphChange(conv.Name, $"weights of {filters} filters kept as bytes"));
        }
    }
}
