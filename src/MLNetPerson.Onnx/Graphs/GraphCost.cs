using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Onnx.Graphs;

/// <summary>What a graph costs for one picture.</summary>
/// <param name="Macs">Multiply-accumulates of its convolutions and matrix products.</param>
/// <param name="Parameters">Values of its weights and biases.</param>
internal readonly record struct GraphCost(long Macs, long Parameters)
{
    /// <summary>Counts by running the graph once, unoptimised, on a blank picture: shapes that no one wrote down are seen that
    /// way.</summary>
    /// <param name="graph">One uint8 input.</param>
    /// <param name="height">Of the input, pixels.</param>
    /// <param name="width">Of the input, pixels.</param>
    public static GraphCost Of(OnnxGraph graph, int height, int width)
    {
        var exposed = graph.Clone();
        var counted = exposed.Nodes.Where(IsProduct).ToList();
        if (counted.Count == 0)
        {
            return new GraphCost(0, 0);
        }

        // Read as floats, whatever the products are made of.
        var names = counted.ToDictionary(
            node => node.Output[0],
            node => exposed.FreshName($"{node.Output[0]}/counted"),
            StringComparer.Ordinal
        );
        foreach (var (product, name) in names)
        {
            exposed.Nodes.Add(OnnxNode.Create("Cast", [product], [name], OnnxNode.Attribute("to", (long)DataType.Float)));
        }

        exposed = TensorKinds.Open(exposed, names.Values);
        using var model = OnnxModel.Load(
            exposed.ToBytes(),
            graph.Model.Graph.Name,
            new OnnxModelOptions { Optimization = GraphOptimization.None }
        );
        var outputs = model.Run<byte>(new byte[height * width * 3], [1, height, width, 3]);
        var macs = counted.Sum(node =>
            outputs.First(output => output.Name == names[node.Output[0]]).Values.LongLength * PerValue(graph, node)
        );
        return new GraphCost(macs, counted.SelectMany(node => node.Input).Distinct().Sum(input => graph.Initializer(input)?.Count() ?? 0));
    }

    private static bool IsProduct(NodeProto node) => node.IsStandard("Conv") || node.IsStandard("Gemm") || node.IsStandard("MatMul");

    /// <summary>Products that are summed for one value of the output.</summary>
    private static long PerValue(OnnxGraph graph, NodeProto node)
    {
        var weights = graph.Initializer(node.Input[1]);
        return weights is null ? 0
            : node.OpType == "Conv" ? weights.Count() / weights.Dims[0]
            : node.OpType == "Gemm" && node.Int("transB", 0) == 1 ? weights.Dims[1]
            : weights.Dims.Count == 0 ? 0
            : weights.Dims[Math.Max(0, weights.Dims.Count - 2)]; // [.., summed, columns], or [summed]
    }
}
