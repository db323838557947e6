using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;

namespace MLNetPerson.Training.Quantization.Passes;

/// <summary>
/// Behind <see cref="TakePixelsAsIntegers"/> the picture's bytes equal the integers of the normalised tensor, so casting,
/// multiplying, shifting and quantizing it again is a long way round to the same bytes: the graph starts at the pixels instead.
/// </summary>
internal sealed class PixelsAreTheIntegers : GraphPass
{
    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        var quantize = graph.Nodes.FirstOrDefault(node =>
            node.OpType == "QuantizeLinear" && graph.Producer(node.Input[0]) is { } producer && producer.IsStandard("Add")
        );
        if (quantize is null)
        {
            return;
        }

        // The quantizing reader is the only one; without it the search below finds the beginning as it was.
        var plain = graph.Clone();
        plain.Nodes.Remove(plain.Nodes.First(node => node.Name == quantize.Name));
        var add = graph.Producer(quantize.Input[0])!;
        if (
            graph.OnlyConsumer(add.Output[0]) is null
            || InputNormalization.Find(plain) is not { } input
            || input.Normalised != add.Output[0]
        )
        {
            return;
        }

        graph.Rewire(quantize.Output[0], input.Pixels);
        graph.Nodes.Remove(quantize);
        changes.Add(new GraphChange(quantize.Name, $"replaced by the pixels themselves ('{input.Pixels}')"));
    }
}
