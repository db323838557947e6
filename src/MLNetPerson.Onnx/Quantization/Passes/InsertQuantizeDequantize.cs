using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using MLNetPerson.Onnx.Passes;

namespace MLNetPerson.Onnx.Quantization.Passes;

/// <summary>
/// Puts QuantizeLinear and DequantizeLinear around every operation that integers know, in the pattern that ONNX Runtime fuses into
/// integer kernels: one pair behind each activation, all of whose readers read the dequantized tensor; weights and biases as
/// constants behind a DequantizeLinear of their own.
/// </summary>
internal sealed class InsertQuantizeDequantize : GraphPass
{
    /// <summary>Operations that only move or compare values: their output's integers are their input's.</summary>
    private static readonly string[] PassThrough = ["MaxPool", "Flatten", "Reshape", "Transpose", "Identity"];

    private static readonly string[] Arithmetic = ["Conv", "Gemm", "Add", "AveragePool", "GlobalAveragePool", "Concat"];

    private readonly IReadOnlyDictionary<string, QuantizationParameters> _parameters;
    private readonly IReadOnlySet<string> _kept;
    private readonly IntegerRange _weights;
    private readonly List<SkippedNode> _skipped = [];
    private readonly List<QuantizedTensor> _quantized = [];
    private readonly Dictionary<string, QuantizationParameters> _labels = new(StringComparer.Ordinal);

    /// <param name="parameters">Of every activation that may become integers.</param>
    /// <param name="kept">Names of nodes to leave in float.</param>
    /// <param name="weights">Which integers weights may take.</param>
    public InsertQuantizeDequantize(
        IReadOnlyDictionary<string, QuantizationParameters> parameters,
        IReadOnlySet<string> kept,
        IntegerRange weights
    )
    {
        _parameters = parameters;
        _kept = kept;
        _weights = weights;
    }

    /// <summary>Nodes that were left in float, after the run.</summary>
    public IReadOnlyList<SkippedNode> Skipped => _skipped;

    /// <summary>Activations that became integers, after the run.</summary>
    public IReadOnlyList<QuantizedTensor> Quantized => _quantized;

    /// <summary>Whether integers know a node: its operation, and constant weights where it has any.</summary>
    public static SkipReason? WhyFloat(OnnxGraph graph, NodeProto node)
    {
        if (!node.Domain.Equals("", StringComparison.Ordinal) || (!Arithmetic.Contains(node.OpType) && !PassThrough.Contains(node.OpType)))
        {
            return SkipReason.UnknownOperation;
        }

        if (Activations(graph, node).Append(node.Output[0]).Any(graph.NotFloat.Contains) || !Activations(graph, node).Any())
        {
            return SkipReason.NotFloat; // sizes and indices, or half precision
        }

        var weighted = node.OpType is "Conv" or "Gemm";
        var constants = weighted && node.Input.Skip(1).All(input => graph.Initializer(input) is { } tensor && tensor.IsFloat());
        var plainGemm =
            node.OpType != "Gemm"
            || (node.Int("transA", 0) == 0 && node.Int("transB", 0) == 0 && node.Float("alpha", 1) == 1 && node.Float("beta", 1) == 1);
        return weighted && !constants ? SkipReason.WeightsNotConstant
            : !plainGemm || !BiasPerColumn(graph, node) || (node.OpType == "Add" && node.Input.Any(graph.IsConstant))
                ? SkipReason.UnknownOperation
            : null;
    }

    /// <summary>The activations that a node reads: not its constants, nor the sizes that a Reshape is told.</summary>
    public static IEnumerable<string> Activations(OnnxGraph graph, NodeProto node) =>
        node
            .Input.Take(PassThrough.Contains(node.OpType) ? 1 : node.Input.Count)
            .Where(input => input.Length > 0 && !graph.IsConstant(input));

    /// <summary>A product's bias may also be one number, or a matrix: those are left in float.</summary>
    private static bool BiasPerColumn(OnnxGraph graph, NodeProto node) =>
        node.OpType != "Gemm"
        || (
            graph.Initializer(node.Input[1]) is { Dims: [_, var columns] }
            && (node.Input.Count < 3 || graph.Initializer(node.Input[2])?.Count() == columns)
        );

    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        if (graph.Nodes.Any(node => node.OpType is "QuantizeLinear" or "DequantizeLinear"))
        {
            return; // done already
        }

        var integers = new List<NodeProto>();
        foreach (var node in graph.Nodes)
        {
            var reason = _kept.Contains(node.Name) ? SkipReason.KeptForAccuracy : WhyFloat(graph, node);
            if (reason is not null && !IsProduct(node) && node.Output.All(output => output.Length == 0 || graph.NotFloat.Contains(output)))
            {
                continue; // no float to be left in: a size, an index, the picture's bytes
            }

            if (reason is { } why)
            {
                _skipped.Add(new SkippedNode(node.Name, node.OpType, why));
            }
            else if (Activations(graph, node).All(_parameters.ContainsKey))
            {
                integers.Add(node);
            }
        }

        var head = FoldScalesIntoHead.Find(graph, _kept) is { } found && integers.Contains(found.Head) ? found : null;
        var widths = head?.Widths(graph) ?? [];
        head = head is not null && widths.Sum() == graph.Initializer(head.Head.Input[1])!.Dims[0] ? head : null;
        Label(graph, integers, head);
        foreach (var node in integers.Where(node => node.OpType is "Conv" or "Gemm"))
        {
            QuantizeWeights(graph, node, head, widths);
        }

        foreach (var tensor in _labels.Keys.ToList())
        {
            InsertPair(graph, tensor, head is not null && head.Blocks.Contains(tensor) ? FoldScalesIntoHead.Plain : _labels[tensor]);
            changes.Add(new GraphChange(tensor, $"integers of scale {_labels[tensor].Scale:R}, zero point {_labels[tensor].ZeroPoint}"));
        }
    }

    /// <summary>Decides every activation's scale and zero point, in the graph's order.</summary>
    private void Label(OnnxGraph graph, List<NodeProto> integers, FoldScalesIntoHead? head)
    {
        void Set(string tensor, QuantizationParameters parameters)
        {
            if (_labels.TryAdd(tensor, parameters))
            {
                _quantized.Add(new QuantizedTensor(tensor, parameters.Scale, parameters.ZeroPoint));
            }
        }

        foreach (var node in integers)
        {
            foreach (var input in Activations(graph, node))
            {
                Set(input, _parameters[input]);
            }

            var output = node.Output[0];
            if (head is not null && head.Joined.Contains(output))
            {
                Set(output, FoldScalesIntoHead.Plain);
            }
            else if (PassThrough.Contains(node.OpType))
            {
                Set(output, _labels[node.Input[0]]);
            }
            else if (
                _parameters.TryGetValue(output, out var parameters)
                && !graph.IsOutput(output)
                && (node.OpType != "Gemm" || graph.Consumers(output).Any(integers.Contains))
            )
            {
                // A product of integers may end in float, and a logit that only float reads should.
                Set(output, parameters);
            }
        }
    }

    private void QuantizeWeights(OnnxGraph graph, NodeProto node, FoldScalesIntoHead? head, IReadOnlyList<int> widths)
    {
        var tensor = graph.Initializer(node.Input[1])!;
        var shape = tensor.Dims.ToArray();
        var convolution = node.OpType == "Conv";
        var channels = (int)(convolution ? shape[0] : shape[1]);
        var weights = tensor.Floats();
        var bias = node.Input.Count > 2 ? graph.Initializer(node.Input[2])!.Floats() : new float[channels];
        double inputScale = _labels[node.Input[0]].Scale;
        if (head is not null && ReferenceEquals(head.Head, node))
        {
            (weights, bias) = head.Fold(graph, _labels, widths);
        }

        // A matrix [inputs, outputs] is quantized column by column, so it is turned first and back afterwards.
        var byChannel = convolution ? weights : Transpose(weights, (int)shape[0], channels);
        var quantized = QuantizedWeights.Of(byChannel, channels, bias, inputScale, _weights);
        var values = convolution ? quantized.Values : Transpose(quantized.Values, channels, (int)shape[0]);
        var name = node.Output[0];
        var axis = OnnxNode.Attribute("axis", convolution ? 0L : 1L);
        Dequantize(
            graph,
            node,
            1,
            OnnxTensor.Of($"{name}/weights/int8", values, shape),
            OnnxTensor.Of($"{name}/weights/scale", quantized.Scales, channels),
            OnnxTensor.Of($"{name}/weights/zero", new sbyte[channels], channels),
            axis
        );
        Dequantize(
            graph,
            node,
            2,
            OnnxTensor.Of($"{name}/bias/int32", quantized.Bias!, channels),
            OnnxTensor.Of($"{name}/bias/scale", quantized.Scales.Select(scale => (float)(scale * inputScale)).ToArray(), channels),
            OnnxTensor.Of($"{name}/bias/zero", new int[channels], channels),
            OnnxNode.Attribute("axis", 0L)
        );
    }

    private static void Dequantize(
        OnnxGraph graph,
        NodeProto node,
        int input,
        TensorProto values,
        TensorProto scale,
        TensorProto zero,
        AttributeProto axis
    )
    {
        var name = values.Name[..values.Name.LastIndexOf('/')];
        var dequantize = OnnxNode.Create(
            "DequantizeLinear",
            [graph.SetInitializer(values), graph.SetInitializer(scale), graph.SetInitializer(zero)],
            [$"{name}/real"],
            axis
        );
        graph.Nodes.Add(dequantize);
        if (node.Input.Count > input)
        {
            node.Input[input] = dequantize.Output[0];
        }
        else
        {
            node.Input.Add(dequantize.Output[0]);
        }
    }

    /// <param name="graph">Is changed.</param>
    /// <param name="tensor">Gets a pair behind it.</param>
    /// <param name="called">What the integers are called to their readers.</param>
    private void InsertPair(OnnxGraph graph, string tensor, QuantizationParameters called)
    {
        var parameters = _labels[tensor];
        var readers = graph.Consumers(tensor);
        var (scale, zero) = Constants(graph, tensor, parameters);
        var (calledScale, calledZero) = called == parameters ? (scale, zero) : Constants(graph, $"{tensor}/called", called);
        graph.Nodes.Add(OnnxNode.Create("QuantizeLinear", [tensor, scale, zero], [$"{tensor}/int8"]));
        graph.Nodes.Add(OnnxNode.Create("DequantizeLinear", [$"{tensor}/int8", calledScale, calledZero], [$"{tensor}/real"]));
        foreach (var reader in readers)
        {
            var real =
                Channels(graph, reader) is { } channels && _skipped.Any(skip => skip.Node == reader.Name)
                    ? DequantizeForFloat(graph, tensor, parameters, channels)
                    : $"{tensor}/real";
            for (var i = 0; i < reader.Input.Count; i++)
            {
                reader.Input[i] = reader.Input[i] == tensor ? real : reader.Input[i];
            }
        }
    }

    /// <summary>
    /// For a convolution or product that stays in float: the same scale once per channel. Behind one single scale ONNX Runtime
    /// would turn the float weights into integers after all, with one scale for all filters, and ruin what was kept.
    /// </summary>
    /// <remarks>ONNX Runtime's WeightBiasQuantization, which asks for a scalar scale.</remarks>
    private static string DequantizeForFloat(OnnxGraph graph, string tensor, QuantizationParameters parameters, int channels)
    {
        var real = $"{tensor}/real-by-channel";
        if (graph.Producer(real) is null)
        {
            var scale = graph.SetInitializer(OnnxTensor.Of($"{real}/scale", [.. Enumerable.Repeat(parameters.Scale, channels)], channels));
            var zero = graph.SetInitializer(
                OnnxTensor.Of($"{real}/zero", [.. Enumerable.Repeat((byte)parameters.ZeroPoint, channels)], channels)
            );
            graph.Nodes.Add(OnnxNode.Create("DequantizeLinear", [$"{tensor}/int8", scale, zero], [real], OnnxNode.Attribute("axis", 1L)));
        }

        return real;
    }

    private static bool IsProduct(NodeProto node) => node.OpType is "Conv" or "Gemm" or "MatMul";

    /// <summary>How many channels a convolution or product of constant weights reads, or null.</summary>
    private static int? Channels(OnnxGraph graph, NodeProto node) =>
        graph.Initializer(node.Input.ElementAtOrDefault(1) ?? "") is not { } weights ? null
        : node.IsStandard("Conv") ? (int)(weights.Dims[1] * node.Int("group", 1))
        : node.IsStandard("Gemm") ? (int)weights.Dims[node.Int("transB", 0) == 0 ? 0 : 1]
        : null;

    private static (string Scale, string Zero) Constants(OnnxGraph graph, string tensor, QuantizationParameters parameters) =>
        (
            graph.SetInitializer(OnnxTensor.Scalar($"{tensor}/scale", parameters.Scale)),
            graph.SetInitializer(OnnxTensor.Of($"{tensor}/zero", [(byte)parameters.ZeroPoint], []))
        );

    private static T[] Transpose<T>(T[] values, int rows, int columns)
    {
        var turned = new T[values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                turned[(column * rows) + row] = values[(row * columns) + column];
            }
        }

        return turned;
    }
}
