using MLNetPerson.Onnx.Graphs.Proto;

namespace MLNetPerson.Onnx.Graphs;

/// <summary>Graphs inside nodes (If, Loop, Scan): what they read of the graph around them, and how those readings are rewritten.</summary>
internal static class Subgraphs
{
    /// <summary>The graphs that a node's attributes hold.</summary>
    public static IEnumerable<GraphProto> Of(NodeProto node)
    {
        foreach (var attribute in node.Attribute)
        {
            if (attribute.G is { } graph)
            {
                yield return graph;
            }

            foreach (var one in attribute.Graphs)
            {
                yield return one;
            }
        }
    }

    /// <summary>All tensors that a node reads: its inputs, and what its graphs take from the graph around it. Empty optional inputs are
    /// left out.</summary>
    public static IEnumerable<string> Reads(this NodeProto node) =>
        node.Input.Where(input => input.Length > 0).Concat(Of(node).SelectMany(Captured));

    /// <summary>Whether a node reads a tensor, by itself or in one of its graphs.</summary>
    public static bool Reads(this NodeProto node, string tensor) =>
        node.Input.Contains(tensor) || Of(node).Any(graph => Captured(graph).Contains(tensor));

    /// <summary>Lets a node, and its graphs, read other tensors: <paramref name="name"/> gives the new name of an old one.</summary>
    public static void RenameReads(this NodeProto node, Func<string, string> name)
    {
        for (var i = 0; i < node.Input.Count; i++)
        {
            node.Input[i] = node.Input[i].Length == 0 ? "" : name(node.Input[i]);
        }

        foreach (var graph in Of(node))
        {
            var own = Defined(graph);
            string Outer(string read) => own.Contains(read) ? read : name(read);
            foreach (var inner in graph.Node)
            {
                inner.RenameReads(Outer);
            }

            foreach (var output in graph.Output)
            {
                output.Name = Outer(output.Name);
            }
        }
    }

    /// <summary>The names of all tensors and nodes in a node's graphs, at any depth.</summary>
    public static IEnumerable<string> NamesInside(NodeProto node)
    {
        foreach (var graph in Of(node))
        {
            foreach (var name in Defined(graph))
            {
                yield return name;
            }

            foreach (var inner in graph.Node)
            {
                yield return inner.Name;
                foreach (var name in NamesInside(inner))
                {
                    yield return name;
                }
            }
        }
    }

    /// <summary>All tensors that a model stores, with the node that holds them (null for the model's own constants), at any
    /// depth.</summary>
    public static IEnumerable<(TensorProto Tensor, NodeProto? Node)> Stored(GraphProto graph, NodeProto? holder = null)
    {
        foreach (var tensor in graph.Initializer)
        {
            yield return (tensor, holder);
        }

        foreach (var sparse in graph.SparseInitializer)
        {
            yield return (sparse.Values, holder);
            yield return (sparse.Indices, holder);
        }

        foreach (var node in graph.Node)
        {
            foreach (var attribute in node.Attribute)
            {
                foreach (var tensor in attribute.Tensors.Append(attribute.T).Append(attribute.SparseTensor?.Values).OfType<TensorProto>())
                {
                    yield return (tensor, node);
                }
            }

            foreach (var inner in Of(node).SelectMany(inside => Stored(inside, node)))
            {
                yield return inner;
            }
        }
    }

    private static IEnumerable<string> Captured(GraphProto graph)
    {
        var own = Defined(graph);
        return graph.Node.SelectMany(Reads).Concat(graph.Output.Select(output => output.Name)).Where(read => !own.Contains(read));
    }

    private static HashSet<string> Defined(GraphProto graph)
    {
        var own = new HashSet<string>(graph.Initializer.Select(tensor => tensor.Name), StringComparer.Ordinal) { "" };
        own.UnionWith(graph.SparseInitializer.Select(sparse => sparse.Values.Name));
        own.UnionWith(graph.Input.Select(input => input.Name));
        own.UnionWith(graph.Node.SelectMany(node => node.Output));
        return own;
    }
}
