using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;

namespace MLNetPerson.Onnx.Passes;

/// <summary>One rewriting of a graph. Leaves its input untouched; run twice, the second run changes nothing.</summary>
internal abstract class GraphPass
{
    /// <summary>The pass's name in reports and golden files.</summary>
    public string Name => GetType().Name;

    /// <summary>Returns a rewritten copy and the list of what was changed.</summary>
    public PassResult Run(OnnxGraph input)
    {
        var graph = input.Clone();
        var changes = ImmutableArray.CreateBuilder<GraphChange>();
        Edit(graph, changes);
        graph.Sort();
        graph.RemoveUnused();
        return new PassResult(graph, changes.ToImmutable());
    }

    /// <summary>Rewrites <paramref name="graph"/> in place. What is not understood is left alone.</summary>
    protected abstract void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes);
}
