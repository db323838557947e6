using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs.Proto;

namespace MLNetPerson.Onnx.Graphs;

/// <summary>Which numbers a graph's tensors hold, as ONNX Runtime infers them: nobody has to write types into a file.</summary>
internal static class TensorKinds
{
    /// <summary>The element type of each node's outputs.</summary>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take the graph.</exception>
    public static IReadOnlyDictionary<string, TensorKind> Of(OnnxGraph graph, string name = "graph")
    {
        var open = Open(graph, graph.Nodes.SelectMany(node => node.Output).Where(output => output.Length > 0), removeUnused: false);
        using var model = OnnxModel.Load(open.ToBytes(), name, new OnnxModelOptions { Optimization = GraphOptimization.None });
        return model.Outputs.ToDictionary(output => output.Name, output => output.Kind, StringComparer.Ordinal);
    }

    /// <summary>Remembers in <see cref="OnnxGraph.NotFloat"/> which tensors hold something else than 32-bit floats.</summary>
    /// <exception cref="OnnxModelException">ONNX Runtime does not take the graph.</exception>
    public static OnnxGraph Marked(OnnxGraph graph, string name = "graph")
    {
        var marked = graph.Clone();
        marked.NotFloat = Of(graph, name)
            .Where(entry => entry.Value != TensorKind.Float)
            .Select(entry => entry.Key)
            .Concat(graph.Initializers.Where(tensor => !tensor.IsFloat()).Select(tensor => tensor.Name))
            .ToHashSet(StringComparer.Ordinal);
        return marked;
    }

    /// <summary>A copy of a graph with the named tensors as its outputs, their types left to ONNX Runtime.</summary>
    public static OnnxGraph Open(OnnxGraph graph, IEnumerable<string> tensors, bool removeUnused = true)
    {
        var open = graph.Clone();
        open.Model.Graph.Output.Clear();
        open.Model.Graph.Output.AddRange(tensors.Distinct(StringComparer.Ordinal).Select(tensor => new ValueInfoProto { Name = tensor }));
        if (removeUnused)
        {
            open.RemoveUnused();
        }

        return open;
    }
}
