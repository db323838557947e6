using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;

namespace MLNetPerson.Onnx.Passes;

/// <summary>What a pass made.</summary>
/// <param name="Graph">The rewritten graph.</param>
/// <param name="Changes">One entry per rewriting, in the graph's order.</param>
internal sealed record PassResult(OnnxGraph Graph, ImmutableArray<GraphChange> Changes);
