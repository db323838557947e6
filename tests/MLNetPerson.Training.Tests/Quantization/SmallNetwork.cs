using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Proto;
using MLNetPerson.Training.Quantization;
using MLNetPerson.Training.Quantization.Calibration;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Quantization;

/// <summary>All that our networks are made of, small: pixels, normalisation, convolutions of every kind, a residual sum, pooled blocks, a
/// head.</summary>
internal static class SmallNetwork
{
    public const int Side = 16;

    public static readonly long[] Shape = [1, Side, Side, 3];

    /// <param name="change">Adds to the graph before the head; gets and returns the tensor that is pooled.</param>
    public static OnnxGraph Build(Func<GraphBuilder, string, string>? change = null)
    {
        var random = new Random(11);
        var builder = new GraphBuilder("small");
        string Noise(string name, double scale, params long[] shape) =>
            builder.Constant(
                OnnxTensor.Of(
                    name,
                    [
                        .. Enumerable
                            .Range(0, (int)shape.Aggregate(1L, (a, b) => a * b))
                            .Select(_ => (float)Math.Round((random.NextDouble() - 0.5) * scale, 3)),
                    ],
                    shape
                )
            );
        string Conv(string name, string input, long filters, long perGroup, long side, double scale, params AttributeProto[] attributes) =>
            builder.Node(
                "Conv",
                name,
                [input, Noise($"{name}/w", scale, filters, perGroup, side, side), Noise($"{name}/b", 1, filters)],
                [OnnxNode.Attribute("kernel_shape", side, side), .. attributes]
            );
        builder.Constant(OnnxTensor.Scalar("zero", 0));
        builder.Constant(OnnxTensor.Scalar("six", 6));
        string Clip(string name) => builder.Node("Clip", $"{name}/relu6", [name, "zero", "six"]);

        builder.Input("image", DataType.Uint8, -1, Side, Side, 3);
        builder.Node("Transpose", "planes", ["image"], OnnxNode.Attribute("perm", 0, 3, 1, 2));
        builder.Node("Cast", "floats", ["planes"], OnnxNode.Attribute("to", (long)DataType.Float));
        builder.Node(
            "Mul",
            "scaled",
            ["floats", builder.Constant(OnnxTensor.Of("scale", [1 / 127.5f, 1 / 127.5f, 1 / 127.5f], 1, 3, 1, 1))]
        );
        builder.Node("Add", "normalised", ["scaled", builder.Constant(OnnxTensor.Of("offset", [-1f, -1, -1], 1, 3, 1, 1))]);
        Conv("stem", "normalised", 8, 3, 3, 2, OnnxNode.Attribute("strides", 2, 2), OnnxNode.Attribute("pads", 0, 0, 1, 1));
        Conv("depthwise", Clip("stem"), 8, 1, 3, 2, OnnxNode.Attribute("group", 8L), OnnxNode.Attribute("pads", 1, 1, 1, 1));
        Conv("project", Clip("depthwise"), 6, 8, 1, 1);
        Conv("expand", "project", 8, 6, 1, 2);
        Conv("back", Clip("expand"), 8, 8, 1, 1);
        builder.Node("Add", "sum", ["back", "depthwise/relu6"]);
        var pooled = change is null ? "sum" : change(builder, "sum");
        builder.Node("AveragePool", "windows", [pooled], OnnxNode.Attribute("kernel_shape", 2, 2), OnnxNode.Attribute("strides", 1, 1));
        builder.Node("MaxPool", "block/max", ["windows"], OnnxNode.Attribute("kernel_shape", 7, 7), OnnxNode.Attribute("strides", 1, 1));
        builder.Node("GlobalAveragePool", "block/mean", [pooled]);
        builder.Node("Concat", "joined", ["block/max", "block/mean"], OnnxNode.Attribute("axis", 1L));
        builder.Node("Flatten", "features", ["joined"], OnnxNode.Attribute("axis", 1L));
        builder.Node("Gemm", "logit", ["features", Noise("head/w", 2, 16, 1), Noise("head/b", 1, 1)]);
        builder.Node("Sigmoid", "probability", ["logit"]);
        builder.Output("probability", DataType.Float, -1, 1);
        return builder.Graph;
    }

    public static byte[][] Pictures(int count, int seed = 3)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    var (pixels, level, spread) = (new byte[Side * Side * 3], random.Next(256), 1 + random.Next(160));
                    for (var i = 0; i < pixels.Length; i++)
                    {
                        pixels[i] = (byte)Math.Clamp(level + random.Next(-spread, spread), 0, 255);
                    }

                    return pixels;
                }),
        ];
    }

    /// <summary>An encoder of the graph, calibrated on some pictures.</summary>
    public static Int8Encoder Calibrated(OnnxGraph graph, Int8Options? options = null)
    {
        var encoder = new Int8Encoder(graph);
        encoder.Calibrate(Pictures(24), Shape, options ?? new Int8Options());
        return encoder;
    }

    /// <summary>Ranges that no machine's rounding can change: for golden graphs.</summary>
    public static Dictionary<string, CalibratedTensor> FixedCalibration(OnnxGraph graph)
    {
        var channels = graph
            .Nodes.Where(node => node.OpType == "Conv")
            .ToDictionary(node => node.Output[0], node => (int)(graph.Initializer(node.Input[1])?.Dims[0] ?? 8));
        CalibratedTensor Of(string tensor) =>
            new(
                tensor.EndsWith("relu6", StringComparison.Ordinal) ? new TensorRange(0, 6) : new TensorRange(-3, 4),
                [.. Enumerable.Range(0, channels.GetValueOrDefault(tensor, 8)).Select(channel => 0.25 * channel)],
                [.. Enumerable.Range(0, channels.GetValueOrDefault(tensor, 8)).Select(channel => 0.75f * channel)]
            );
        return graph
            .Nodes.Select(node => node.Output[0])
            .Where(tensor => tensor is not ("planes" or "floats" or "scaled" or "normalised" or "probability"))
            .ToDictionary(tensor => tensor, Of);
    }

    public static Dictionary<string, QuantizationParameters> Parameters(OnnxGraph graph)
    {
        var parameters = FixedCalibration(graph)
            .ToDictionary(entry => entry.Key, entry => QuantizationParameters.Asymmetric(entry.Value.Range, IntegerRange.Activations));
        if (InputNormalization.Find(graph) is { } input)
        {
            parameters[input.Normalised] = new QuantizationParameters((float)input.CommonScale, input.ZeroPoint);
        }

        return parameters;
    }
}
