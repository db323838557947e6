using System.Collections.Immutable;

namespace MLNetPerson.Training.Onnx.Passes;

/// <summary>Removes Identity nodes, letting a graph's output take the place of the tensor that it copies where that can be.</summary>
internal sealed class RemoveIdentity : GraphPass
{
    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var node in graph.Nodes.Where(node => node.IsStandard("Identity")).ToList())
        {
            var (input, output) = (node.Input[0], node.Output[0]);
            if (!graph.IsOutput(output))
            {
                graph.Nodes.Remove(node);
                graph.Rewire(output, input);
            }
            else if (!graph.IsOutput(input) && graph.Producer(input) is { } producer)
            {
                graph.Nodes.Remove(node);
                producer.Output[producer.Output.IndexOf(input)] = output;
                graph.Rewire(input, output);
            }
            else
            {
                continue; // an input or another output, copied: the copy is needed
            }

            changes.Add(new GraphChange(node.Name, "removed"));
        }
    }
}
