using System.Collections.Immutable;
using static TorchSharp.torch;

namespace MLNetPerson.Tuning.Networks;

/// <summary>What an operator sees of its node while the graph is being translated.</summary>
/// <param name="graph">All of it.</param>
/// <param name="node">To be translated.</param>
/// <param name="weights">Takes what training changes.</param>
/// <param name="fixtures">Takes tensors that stay as they are, for as long as the network lives.</param>
/// <param name="depth">Of the weighted layer that the node is, or comes after; −1 before the first one.</param>
internal sealed class OperatorContext(OnnxGraph graph, NodeProto node, NetworkWeights weights, List<Tensor> fixtures, int depth)
{
    public NodeProto Node => node;

    public OnnxGraph Graph => graph;

    /// <summary>Number of inputs that are given.</summary>
    public int Inputs => node.Input.Count;

    /// <summary>Whether an input is there.</summary>
    public bool Has(int input) => input < node.Input.Count && node.Input[input].Length > 0;

    /// <summary>A constant input as floats, whatever its type; or null where the graph computes it.</summary>
    public float[]? Floats(int input) => Tensor(input) is { } tensor ? Constants.Floats(tensor) : null;

    /// <summary>Whether the node comes after a weighted layer.</summary>
    public bool IsBehindWeights => depth >= 0;

    /// <summary>A constant input's dimensions.</summary>
    public ImmutableArray<long> Shape(int input) => Tensor(input) is { } tensor ? [.. tensor.Dims] : [];

    /// <summary>A tensor that stays as it is.</summary>
    public Tensor Fixed(float[] values, ImmutableArray<long> shape) =>
        Keep(shape.IsEmpty ? tensor(values[0]) : tensor(values, shape.AsSpan()));

    /// <summary>A tensor of integers that stays as it is.</summary>
    public Tensor FixedIntegers(long[] values) => Keep(tensor(values));

    /// <summary>A constant input as integers.</summary>
    /// <exception cref="TuningException">The graph computes it.</exception>
    public long[] Integers(int input, string what) =>
        Floats(input) is { } values
            ? [.. values.Select(value => (long)value)]
            : throw Fault($"its {what} ('{node.Input[input]}') is computed; only constants are read");

    /// <summary>A constant input that training changes.</summary>
    public NetworkTensor? Trainable(int input, bool isBuffer = false)
    {
        if (!Has(input) || graph.Initializer(node.Input[input]) is not { } tensor)
        {
            return null;
        }

        return tensor.IsFloat() ? weights.Add(tensor.Name, [.. tensor.Dims], tensor.Floats, Math.Max(depth, 0), isBuffer) : null;
    }

    /// <summary>A tensor of the graph's weights that stands for a quantized constant.</summary>
    public NetworkTensor Shadow(string name, ReadOnlySpan<long> shape, Func<float[]> values) =>
        weights.Add(name, shape, values, Math.Max(depth, 0), false);

    private Tensor Keep(Tensor value)
    {
        fixtures.Add(value.DetachFromDisposeScope());
        return value;
    }

    private TensorProto? Tensor(int input) =>
        !Has(input) ? null
        : graph.Initializer(node.Input[input]) is { } initializer ? initializer
        : graph.Producer(node.Input[input]) is { OpType: "Constant" } made
            ? made.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T
        : null;

    /// <summary>Says why a node cannot be translated.</summary>
    public TuningException Fault(string what) => new($"Node '{node.Name}' ({node.OpType}) cannot be trained: {what}.");
}

/// <summary>A node, translated: values of its inputs that are computed, in order, to its output.</summary>
/// <param name="inputs">One for each input of the node; null for constants and for inputs that are left out.</param>
/// <param name="mode">How the network runs.</param>
internal delegate Tensor Operator(Tensor?[] inputs, NetworkMode mode);
