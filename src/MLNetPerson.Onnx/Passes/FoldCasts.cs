using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Onnx.Passes;

/// <summary>Casts constants of 16 or 64 bits to floats once, so that passes find float weights where a file stores others.</summary>
internal sealed class FoldCasts : GraphPass
{
    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var cast in graph.Nodes.Where(node => node.IsStandard("Cast")).ToList())
        {
            if (
                cast.Int("to", 0) != (long)DataType.Float
                || graph.IsOutput(cast.Output[0])
                || graph.Initializer(cast.Input[0]) is not { } tensor
                || tensor.AsFloats() is not { } values
            )
            {
                continue;
            }

            graph.Nodes.Remove(cast);
            graph.SetInitializer(OnnxTensor.Of(cast.Output[0], values, [.. tensor.Dims]));
            changes.Add(new GraphChange(cast.Name, $"constant of type {(DataType)tensor.DataType} kept as floats"));
        }
    }
}
