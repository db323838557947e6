using System.Collections.Immutable;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Onnx.Passes;

/// <summary>Computes nodes that read nothing but constants, once, and keeps their float results as constants. Others are left
/// alone.</summary>
internal sealed class FoldConstants : GraphPass
{
    /// <summary>Of other results every time they are run, or better left where they are.</summary>
    private static readonly string[] Left =
    [
        "QuantizeLinear",
        "DequantizeLinear",
        "Cast",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
        "Bernoulli",
        "Multinomial",
        "Dropout",
    ];

    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        var refused = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        for (var node = Next(graph, refused); node is not null; node = Next(graph, refused))
        {
            if (Compute(graph, node) is not { } results)
            {
                refused.Add(node);
                continue;
            }

            foreach (var result in results)
            {
                graph.SetInitializer(OnnxTensor.Of(result.Name, result.Values, [.. result.Shape]));
            }

            graph.Nodes.Remove(node);
            changes.Add(new GraphChange(node.Name, "computed beforehand"));
        }
    }

    private static NodeProto? Next(OnnxGraph graph, HashSet<NodeProto> refused) =>
        graph.Nodes.FirstOrDefault(node =>
            node.Domain.Length == 0
            && !Left.Contains(node.OpType)
            && node.Input.Count > 0
            && !Subgraphs.Of(node).Any()
            && node.Output.All(output => !graph.IsOutput(output))
            && node.Input.All(input => input.Length == 0 || graph.Initializer(input) is { } tensor && tensor.IsFloat())
            && !refused.Contains(node)
        );

    /// <summary>The node's results, or null where they are no floats.</summary>
    private static ImmutableArray<FloatTensor>? Compute(OnnxGraph graph, NodeProto node)
    {
        // A graph of this node alone, with an input that nothing reads: the runner wants one.
        var alone = new GraphBuilder("constant");
        alone.Graph.Model.IrVersion = graph.Model.IrVersion;
        alone.Graph.Model.OpsetImport.Clear();
        alone.Graph.Model.OpsetImport.AddRange(graph.Model.OpsetImport);
        foreach (var input in node.Input.Where(input => input.Length > 0).Distinct())
        {
            alone.Constant(graph.Initializer(input)!.Clone());
        }

        alone.Graph.Nodes.Add(node.Clone());
        alone.Input(alone.Graph.FreshName("unused"), DataType.Float, 1);
        var open = TensorKinds.Open(alone.Graph, node.Output.Where(output => output.Length > 0));
        using var model = OnnxModel.Load(open.ToBytes(), node.Name, new OnnxModelOptions { Optimization = GraphOptimization.None });
        return model.Outputs.All(output => output.Kind == TensorKind.Float) ? model.Run<float>(new float[1], [1]) : null;
    }
}
