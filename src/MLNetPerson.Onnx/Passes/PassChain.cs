using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;

namespace MLNetPerson.Onnx.Passes;

/// <summary>Passes one after the other.</summary>
internal static class PassChain
{
    /// <summary>Runs them in order, each on what the one before made, and lists for a reader what each changed.</summary>
    public static (OnnxGraph Graph, ImmutableArray<string> Changes) Run(OnnxGraph source, params IEnumerable<GraphPass> passes)
    {
        var (graph, changes) = (source, ImmutableArray.CreateBuilder<string>());
        foreach (var pass in passes)
        {
            var result = pass.Run(graph);
            graph = result.Graph;
            changes.AddRange(result.Changes.Select(change => $"{pass.Name}: {change.Node} {change.What}"));
        }

        return (graph, changes.ToImmutable());
    }
}
