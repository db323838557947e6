using System.Collections.Immutable;
using MLNetPerson.Inference;
using MLNetPerson.Training.Onnx.Proto;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Onnx.Passes;

/// <summary>Computes nodes that read nothing but constants, once, and keeps their float results as constants. Others are left
/// alone.</summary>
internal sealed class FoldConstants : GraphPass
{
    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        for (var node = Next(graph); node is not null; node = Next(graph))
        {
            foreach (var result in Compute(graph, node))
            {
                graph.SetInitializer(OnnxTensor.Of(result.Name, result.Values, [.. result.Shape]));
            }

            graph.Nodes.Remove(node);
            changes.Add(new GraphChange(node.Name, "computed beforehand"));
        }
    }

    private static NodeProto? Next(OnnxGraph graph) =>
        graph.Nodes.FirstOrDefault(node =>
            node.Domain.Length == 0
            && node.OpType is not ("QuantizeLinear" or "DequantizeLinear" or "Cast" or "RandomNormal" or "RandomUniform")
            && node.Input.Count > 0
            && node.Output.All(output => !graph.IsOutput(output))
            && node.Input.All(input => input.Length == 0 || graph.Initializer(input) is { } tensor && tensor.IsFloat())
        );

    private static IEnumerable<FloatTensor> Compute(OnnxGraph graph, NodeProto node)
    {
        // A graph of this node alone, with an input that nothing reads: the runner wants one.
        var alone = new GraphBuilder("constant");
        alone.Input("unused", DataType.Float, 1);
        alone.Graph.Model.OpsetImport.Clear();
        alone.Graph.Model.OpsetImport.AddRange(graph.Model.OpsetImport);
        foreach (var input in node.Input.Where(input => input.Length > 0).Distinct())
        {
            alone.Constant(graph.Initializer(input)!.Clone());
        }

        alone.Graph.Nodes.Add(node.Clone());
        foreach (var output in node.Output)
        {
            alone.Graph.Model.Graph.Output.Add(
                new ValueInfoProto
                {
                    Name = output,
                    Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } },
                }
            );
        }

        using var model = OnnxModel.Load(alone.Graph.ToBytes(), node.Name, new OnnxModelOptions { Optimization = GraphOptimization.None });
        return model.Run<float>(new float[1], [1]);
    }
}
