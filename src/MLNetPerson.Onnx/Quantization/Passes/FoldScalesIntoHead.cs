using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;

namespace MLNetPerson.Onnx.Quantization.Passes;

/// <summary>
/// Blocks of features of different ranges are joined in front of the head. Brought to one scale they would lose resolution, so each
/// keeps its own: the joined integers are called by the scale 1 and zero point 0, and what that leaves out goes into the head's
/// weights and bias.
/// </summary>
internal sealed class FoldScalesIntoHead
{
    /// <summary>How joined integers are called.</summary>
    public static readonly QuantizationParameters Plain = new(1, 0);

    private static readonly string[] KeepChannels =
    [
        "MaxPool",
        "AveragePool",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "Clip",
        "Relu",
        "LeakyRelu",
        "HardSwish",
        "HardSigmoid",
        "Sigmoid",
        "Tanh",
        "Elu",
        "BatchNormalization",
        "Identity",
        "Add",
        "Mul",
    ];

    private FoldScalesIntoHead(NodeProto head, string[] blocks, string[] joined)
    {
        Head = head;
        Blocks = blocks;
        Joined = joined;
    }

    public NodeProto Head { get; }

    /// <summary>The tensors that are joined, in order.</summary>
    public string[] Blocks { get; }

    /// <summary>The tensors from the joining to the head.</summary>
    public string[] Joined { get; }

    /// <summary>Finds a Gemm with constant weights [features, outputs] behind Flatten behind Concat, all of them read by nobody
    /// else.</summary>
    /// <param name="graph">Float.</param>
    /// <param name="kept">Nodes that stay in float, and so cannot be part of it.</param>
    public static FoldScalesIntoHead? Find(OnnxGraph graph, IReadOnlySet<string> kept)
    {
        foreach (
            var head in graph.Nodes.Where(node =>
                !kept.Contains(node.Name)
                && node.IsStandard("Gemm")
                && node.Int("transA", 0) == 0
                && node.Int("transB", 0) == 0
                && node.Input.Count == 3
            )
        )
        {
            if (
                graph.Initializer(head.Input[1]) is { } weights
                && weights.IsFloat()
                && graph.Initializer(head.Input[2]) is not null
                && graph.Producer(head.Input[0]) is { } flatten
                && !kept.Contains(flatten.Name)
                && flatten.IsStandard("Flatten")
                && graph.OnlyConsumer(flatten.Output[0]) is not null
                && graph.Producer(flatten.Input[0]) is { } concat
                && !kept.Contains(concat.Name)
                && concat.IsStandard("Concat")
                && concat.Int("axis", 0) == 1
                && graph.OnlyConsumer(concat.Output[0]) is not null
                && concat.Input.All(block => graph.OnlyConsumer(block) is not null && graph.Producer(block) is not null)
            )
            {
                return new FoldScalesIntoHead(head, [.. concat.Input], [concat.Output[0], flatten.Output[0]]);
            }
        }

        return null;
    }

    /// <summary>How many features each block has: the channels of what was pooled, hence of the convolution behind it; 0 where there is
    /// none.</summary>
    public IReadOnlyList<int> Widths(OnnxGraph graph) => [.. Blocks.Select(block => Width(graph, block))];

    /// <summary>The head's weights and bias for joined integers.</summary>
    /// <param name="graph">Float.</param>
    /// <param name="parameters">Of the blocks.</param>
    /// <param name="widths">Features of each block.</param>
    public (float[] Weights, float[] Bias) Fold(
        OnnxGraph graph,
        IReadOnlyDictionary<string, QuantizationParameters> parameters,
        IReadOnlyList<int> widths
    )
    {
        var shape = graph.Initializer(Head.Input[1])!;
        var outputs = (int)shape.Dims[1];
        var (old, bias) = (shape.Floats(), graph.Initializer(Head.Input[2])!.Floats());
        var weights = new float[old.Length];
        var shift = bias.Select(value => (double)value).ToArray();
        var row = 0;
        for (var block = 0; block < Blocks.Length; block++)
        {
            var (scale, zeroPoint) = parameters[Blocks[block]];
            for (var i = 0; i < widths[block]; i++, row++)
            {
                for (var output = 0; output < outputs; output++)
                {
                    var at = (row * outputs) + output;
                    weights[at] = (float)((double)old[at] * scale);
                    shift[output] -= (double)old[at] * scale * zeroPoint;
                }
            }
        }

        return (weights, [.. shift.Select(value => (float)value)]);
    }

    private static int Width(OnnxGraph graph, string block)
    {
        // The channels of what was pooled: those of the convolution behind it, through operations that keep channels as they are.
        for (var tensor = block; graph.Producer(tensor) is { } node; tensor = node.Input[0])
        {
            if (node.IsStandard("Conv"))
            {
                return (int)(graph.Initializer(node.Input[1])?.Dims[0] ?? 0);
            }

            if (node.Domain.Length > 0 || !KeepChannels.Contains(node.OpType))
            {
                return 0;
            }
        }

        return 0;
    }
}
