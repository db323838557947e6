using System.Collections.Frozen;
using static TorchSharp.torch;

namespace MLNetPerson.Tuning.Networks;

/// <summary>
/// An ONNX graph that Torch computes, with weights that can be trained, and back into the same graph. There is no second description of the
/// architecture: nodes are interpreted in their order. Not thread-safe.
/// </summary>
public sealed class TorchNetwork : IDisposable
{
    private static readonly FrozenSet<string> Weighted = FrozenSet.Create(StringComparer.Ordinal, "Conv", "Gemm", "MatMul");

    private readonly OnnxGraph _graph;
    private readonly Step[] _steps;
    private readonly List<Tensor> _fixtures = [];
    private readonly bool _ownsWeights;

    /// <summary>Translates a graph.</summary>
    /// <param name="graph">One input; its initializers are the weights to start from.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <param name="weights">Shared with graphs of the same network for other input sizes, or null for its own.</param>
    /// <exception cref="TuningException">A node cannot be trained through; it is named.</exception>
    internal TorchNetwork(OnnxGraph graph, string name, NetworkWeights? weights = null)
    {
        (_graph, _ownsWeights, Weights) = (graph, weights is null, weights ?? new NetworkWeights());
        if (graph.InputNames.Count != 1)
        {
            throw new TuningException($"Network '{name}' has {graph.InputNames.Count} inputs; one can be trained.");
        }

        var slots = new Dictionary<string, int>(StringComparer.Ordinal) { [graph.InputNames[0]] = 0 };
        var steps = new List<Step>();
        var depth = -1;
        foreach (var node in graph.Nodes.Where(node => node.OpType != "Constant"))
        {
            var isWeight =
                Weighted.Contains(node.OpType)
                && node.Input.Skip(1).Any(input => graph.IsConstant(input) || graph.Producer(input) is { OpType: "DequantizeLinear" });
            depth += isWeight ? 1 : 0;

            // A quantized weight stands in front of the layer that it belongs to.
            var own = node.OpType == "DequantizeLinear" && graph.IsConstant(node.Input[0]) ? depth + 1 : depth;
            var operation = Operators.Translate(new OperatorContext(graph, node, Weights, _fixtures, own));
            steps.Add(
                new Step(
                    node.Name,
                    operation,
                    [.. node.Input.Select(input => slots.GetValueOrDefault(input, -1))],
                    slots[node.Output[0]] = slots.Count
                )
            );
        }

        OutputSlots = graph.OutputNames.ToDictionary(output => output, output => slots[output], StringComparer.Ordinal);
        Slots = slots;
        _steps = [.. steps];
        foreach (var slot in Enumerable.Range(1, slots.Count - 1).Where(slot => !OutputSlots.ContainsValue(slot)))
        {
            if (Array.FindLast(_steps, step => step.Inputs.Contains(slot)) is { } last)
            {
                last.Free.Add(slot);
            }
        }
    }

    /// <summary>What is trained.</summary>
    public NetworkWeights Weights { get; }

    private Dictionary<string, int> OutputSlots { get; }

    private Dictionary<string, int> Slots { get; }

    /// <summary>Runs the network on a batch.</summary>
    /// <param name="input">As the graph's input: uint8 [N, height, width, 3], say. Stays the caller's.</param>
    /// <param name="mode">Whether gradients are wanted.</param>
    /// <returns>The graph's first output. The caller disposes it, or a dispose scope does.</returns>
    /// <remarks>A tensor is freed after the last node that reads it, so memory is what gradients need and no more.</remarks>
    internal Tensor Forward(Tensor input, NetworkMode mode)
    {
        using var gradients = mode == NetworkMode.Predict ? no_grad() : null;
        var values = new Tensor?[Slots.Count];
        values[0] = input;
        Step? current = null;
        try
        {
            foreach (var step in _steps)
            {
                current = step;
                using var scope = NewDisposeScope();
                var output = step.Operation([.. step.Inputs.Select(slot => slot < 0 ? null : values[slot])], mode);
                values[step.Output] = output.DetachFromDisposeScope();
                foreach (var slot in step.Free)
                {
                    if (!ReferenceEquals(values[slot], output))
                    {
                        values[slot]!.Dispose();
                    }

                    values[slot] = null;
                }
            }
        }
        catch (Exception exception) when (exception is System.Runtime.InteropServices.ExternalException or ArgumentException)
        {
            throw new TuningException($"Node '{current!.Name}' failed in Torch: {exception.Message.Split('\n')[0]}", exception);
        }

        var result = values[OutputSlots.Values.First()]!;
        foreach (var slot in OutputSlots.Values.Skip(1))
        {
            values[slot]?.Dispose();
        }

        // It was detached from its node's scope, and nobody would dispose it: an alias belongs to the caller's scope.
        var owned = result.alias();
        result.Dispose();
        return owned;
    }

    /// <summary>The graph with the weights as they are now; nodes and names are the same.</summary>
    internal OnnxGraph Store() => StoreInto(_graph);

    /// <summary>Another graph of the same network (for another input size, with another output) with the weights as they are now.</summary>
    internal OnnxGraph StoreInto(OnnxGraph other)
    {
        var graph = other.Clone();
        foreach (var tensor in Weights.All)
        {
            if (graph.Initializer(tensor.Name) is not { } old)
            {
                continue;
            }

            graph.SetInitializer(
                old.IsFloat()
                    ? OnnxTensor.Of(tensor.Name, tensor.Values, tensor.Shape.AsSpan())
                    : FakeQuantization.Store(graph, graph.Consumers(tensor.Name)[0], old, tensor.Values)
            );
        }

        return graph;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var fixture in _fixtures)
        {
            fixture.Dispose();
        }

        if (_ownsWeights)
        {
            Weights.Dispose();
        }
    }

    /// <summary>A node, translated.</summary>
    private sealed record Step(string Name, Operator Operation, int[] Inputs, int Output)
    {
        /// <summary>Slots that nobody reads afterwards.</summary>
        public List<int> Free { get; } = [];
    }
}
