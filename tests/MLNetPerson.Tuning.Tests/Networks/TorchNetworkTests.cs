using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using MLNetPerson.Tuning.Networks;
using TorchSharp;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Tuning.Tests.Networks;

/// <summary>ONNX Runtime is the reference: whatever a graph holds, both must say the same.</summary>
public sealed class TorchNetworkTests
{
    /// <summary>Float sums in another order, on small graphs.</summary>
    private const float Rounding = 1e-4f;

    public static TheoryData<string> Operators =>
        [
            "Conv",
            "Conv in groups",
            "Conv with uneven borders",
            "Conv SAME_UPPER",
            "BatchNormalization",
            "Relu",
            "Clip 0 to 6",
            "Clip −1 to 2",
            "HardSwish",
            "HardSigmoid",
            "HardSigmoid 1/6",
            "Sigmoid",
            "Add",
            "Mul by channel",
            "Concat",
            "MaxPool",
            "MaxPool whole map",
            "AveragePool",
            "AveragePool with borders",
            "GlobalAveragePool",
            "ReduceMean",
            "ReduceSum",
            "Flatten",
            "Reshape",
            "Gemm",
            "Gemm transposed",
            "MatMul",
            "Quantize and dequantize",
            "Quantized weights",
            "Pad",
            "Squeeze and unsqueeze",
            "Gather",
            "LeakyRelu",
        ];

    [SkippableTheory, MemberData(nameof(Operators))]
    public void Torch_says_what_ONNX_Runtime_says(string operators)
    {
        Torch.Need();
        const int Seed = 17;
        var graph = Graph(operators, Seed);
        var input = Noise(2 * 4 * 9 * 8, Seed + 1);
        using var model = OnnxModel.Load(graph.ToBytes(), operators, new OnnxModelOptions { Optimization = GraphOptimization.None });
        var expected = model.Run<float>(input, [2, 4, 9, 8])[0].Values;

        using var network = new TorchNetwork(graph, operators);
        using var scope = torch.NewDisposeScope();
        var actual = network.Forward(torch.tensor(input, [2, 4, 9, 8]), NetworkMode.Predict).contiguous().data<float>().ToArray();

        FloatAssert.Close(expected, actual, Rounding);
        Assert.Equal(graph.ToBytes(), network.Store().ToBytes());
    }

    [SkippableFact]
    public void Weights_that_were_changed_are_in_the_stored_graph()
    {
        Torch.Need();
        var graph = Graph("Conv", 17);
        using var network = new TorchNetwork(graph, "conv");
        network.Weights.Find("w")!.Values.Fill(0);

        var stored = network.Store();

        Assert.All(stored.Initializer("w")!.Floats(), value => Assert.Equal(0, value));
        Assert.Contains(graph.Initializer("w")!.Floats(), value => value != 0);
        Assert.Equal(graph.Nodes.Select(node => node.Name), stored.Nodes.Select(node => node.Name));
    }

    [SkippableFact]
    public void Quantized_weights_are_trained_as_floats_and_stored_as_integers()
    {
        Torch.Need();
        using var network = new TorchNetwork(Graph("Quantized weights", 17), "quantized");
        var shadow = network.Weights.Find("w8")!;
        shadow.Values[0] = 0.051f * 100; // scale 0.05: 102
        shadow.Values[1] = -1000; // beyond the integers

        var stored = network.Store().Initializer("w8")!;

        Assert.Equal((sbyte)102, (sbyte)stored.RawData[0]);
        Assert.Equal((sbyte)-128, (sbyte)stored.RawData[1]);
    }

    [SkippableFact]
    public void Gradients_pass_through_rounding_and_stop_outside_the_range()
    {
        Torch.Need();
        var builder = Builder();
        var (scale, zero) = (builder.Constant(OnnxTensor.Scalar("s", 0.1f)), builder.Constant(OnnxTensor.Of("z", [(byte)0], [])));
        builder.Node("QuantizeLinear", "q", ["x", scale, zero]);
        builder.Output(builder.Node("DequantizeLinear", "y", ["q", scale, zero]), DataType.Float, -1, 4, 9, 8);
        using var network = new TorchNetwork(builder.Graph, "rounding");
        using var scope = torch.NewDisposeScope();
        var input = torch.tensor(new float[] { -1, 0.33f, 30, 25 }).requires_grad_();

        network.Forward(input, NetworkMode.Train).sum().backward();

        Assert.Equal([0, 1, 0, 1], input.grad!.data<float>().ToArray());
    }

    [SkippableFact]
    public void An_unknown_operator_is_named_with_its_node()
    {
        Torch.Need();
        var builder = Builder();
        builder.Output(builder.Node("Erf", "y", ["x"]), DataType.Float, -1, 4, 9, 8);

        var error = Assert.Throws<TuningException>(() => new TorchNetwork(builder.Graph, "strange"));

        Assert.StartsWith(
            "Node 'y/Erf' (Erf) cannot be trained: the operator is unknown here. Known: Add, AveragePool, BatchNormalization, ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [SkippableFact]
    public void Frozen_layers_get_no_gradient_and_those_above_them_do()
    {
        Torch.Need();
        var builder = Builder();
        Conv(builder, "first", "x", 4, 4, 17);
        Conv(builder, "second", "first", 4, 4, 18);
        builder.Output("second", DataType.Float, -1, 4, -1, -1);
        using var network = new TorchNetwork(builder.Graph, "two layers");
        network.Weights.FreezeBelow(1);
        using var scope = torch.NewDisposeScope();

        network.Forward(torch.tensor(Noise(2 * 4 * 9 * 8, 3), [2, 4, 9, 8]), NetworkMode.Train).sum().backward();

        Assert.Equal(2, network.Weights.Layers);
        Assert.False(network.Weights.Find("first/w")!.CopyGradient(new float[144]));
        var gradient = new float[144];
        Assert.True(network.Weights.Find("second/w")!.CopyGradient(gradient));
        Assert.Contains(gradient, value => value != 0);
    }

    [SkippableFact]
    public void Batch_normalisation_in_training_uses_and_updates_the_batchs_statistics()
    {
        Torch.Need();
        using var network = new TorchNetwork(Graph("BatchNormalization", 17), "norm");
        network.Weights.FreezeBelow(0);
        var before = network.Weights.Find("mean")!.Values.ToArray();
        using var scope = torch.NewDisposeScope();

        var output = network.Forward(torch.tensor(Noise(2 * 4 * 9 * 8, 3), [2, 4, 9, 8]), NetworkMode.TrainNormalization);
        var means = output.sub(network.Weights.Find("bias")!.Tensor.reshape(1, 4, 1, 1)).mean([0, 2, 3]).data<float>().ToArray();

        Assert.All(means, mean => Assert.InRange(mean, -1e-4, 1e-4));
        Assert.NotEqual(before, network.Weights.Find("mean")!.Values.ToArray());
    }

    private static float[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * 4))];
    }

    private static GraphBuilder Builder()
    {
        var builder = new GraphBuilder("test");
        builder.Input("x", DataType.Float, -1, 4, 9, 8);
        return builder;
    }

    private static string Conv(GraphBuilder builder, string name, string input, int from, int to, int seed) =>
        builder.Node(
            "Conv",
            name,
            [
                input,
                builder.Constant(OnnxTensor.Of($"{name}/w", Noise(to * from * 9, seed), to, from, 3, 3)),
                builder.Constant(OnnxTensor.Of($"{name}/b", Noise(to, seed + 1), to)),
            ],
            OnnxNode.Attribute("kernel_shape", 3, 3),
            OnnxNode.Attribute("pads", 1, 1, 1, 1)
        );

    private static OnnxGraph Graph(string operators, int seed)
    {
        var builder = Builder();
        string Floats(string name, int count, params ReadOnlySpan<long> shape) =>
            builder.Constant(OnnxTensor.Of(name, Noise(count, seed + count), shape));
        string Scalar(string name, float value) => builder.Constant(OnnxTensor.Scalar(name, value));
        string Numbers(string name, params ReadOnlySpan<long> values) => builder.Constant(OnnxTensor.Of(name, values, values.Length));
        AttributeProto Pair(string name, long a, long b) => OnnxNode.Attribute(name, a, b);
        var kernel = Pair("kernel_shape", 3, 3);
        var y = operators switch
        {
            "Conv" => builder.Node(
                "Conv",
                "y",
                ["x", Floats("w", 5 * 4 * 9, 5, 4, 3, 3), Floats("b", 5, 5)],
                kernel,
                Pair("strides", 2, 2),
                OnnxNode.Attribute("pads", 1, 1, 1, 1)
            ),
            "Conv in groups" => builder.Node(
                "Conv",
                "y",
                ["x", Floats("w", 4 * 9, 4, 1, 3, 3)],
                kernel,
                OnnxNode.Attribute("group", 4L),
                Pair("dilations", 2, 1)
            ),
            "Conv with uneven borders" => builder.Node(
                "Conv",
                "y",
                ["x", Floats("w", 5 * 4 * 9, 5, 4, 3, 3), Floats("b", 5, 5)],
                kernel,
                Pair("strides", 2, 2),
                OnnxNode.Attribute("pads", 0, 0, 1, 1)
            ),
            "Conv SAME_UPPER" => builder.Node(
                "Conv",
                "y",
                ["x", Floats("w", 5 * 4 * 9, 5, 4, 3, 3)],
                kernel,
                Pair("strides", 2, 2),
                OnnxNode.Attribute("auto_pad", "SAME_UPPER")
            ),
            "BatchNormalization" => builder.Node(
                "BatchNormalization",
                "y",
                [
                    "x",
                    Floats("scale", 4, 4),
                    Floats("bias", 4, 4),
                    Floats("mean", 4, 4),
                    builder.Constant(OnnxTensor.Of("variance", [1f, 2, 0.5f, 3], 4)),
                ],
                OnnxNode.Attribute("epsilon", 1e-3f)
            ),
            "Relu" => builder.Node("Relu", "y", ["x"]),
            "Clip 0 to 6" => builder.Node(
                "Clip",
                "y",
                [builder.Node("Conv", "c", ["x", Floats("w", 5 * 4, 5, 4, 1, 1)]), Scalar("low", 0), Scalar("high", 6)]
            ),
            "Clip −1 to 2" => builder.Node("Clip", "y", ["x", Scalar("low", -1), Scalar("high", 2)]),
            "HardSwish" => HardSwish(),
            "HardSigmoid" => builder.Node("HardSigmoid", "y", ["x"]),
            "HardSigmoid 1/6" => builder.Node("HardSigmoid", "y", ["x"], OnnxNode.Attribute("alpha", 1f / 6)),
            "Sigmoid" => builder.Node("Sigmoid", "y", ["x"]),
            "LeakyRelu" => builder.Node("LeakyRelu", "y", ["x"], OnnxNode.Attribute("alpha", 0.2f)),
            "Add" => builder.Node("Add", "y", [builder.Node("Relu", "r", ["x"]), "x"]),
            "Mul by channel" => builder.Node(
                "Mul",
                "y",
                [builder.Node("Conv", "c", ["x", Floats("w", 4 * 4, 4, 4, 1, 1)]), Floats("factor", 4, 1, 4, 1, 1)]
            ),
            "Concat" => builder.Node("Concat", "y", ["x", builder.Node("Relu", "r", ["x"])], OnnxNode.Attribute("axis", 1L)),
            "MaxPool" => builder.Node(
                "MaxPool",
                "y",
                ["x"],
                Pair("kernel_shape", 2, 3),
                Pair("strides", 2, 2),
                OnnxNode.Attribute("pads", 0, 1, 1, 1)
            ),
            "MaxPool whole map" => builder.Node("MaxPool", "y", ["x"], Pair("kernel_shape", 9, 8)),
            "AveragePool" => builder.Node("AveragePool", "y", ["x"], Pair("kernel_shape", 2, 2), Pair("strides", 1, 1)),
            "AveragePool with borders" => builder.Node(
                "AveragePool",
                "y",
                ["x"],
                kernel,
                OnnxNode.Attribute("pads", 1, 1, 1, 1),
                OnnxNode.Attribute("count_include_pad", 1L)
            ),
            "GlobalAveragePool" => builder.Node("GlobalAveragePool", "y", ["x"]),
            "ReduceSum" => builder.Node("ReduceSum", "y", ["x", Numbers("axes", 1)], OnnxNode.Attribute("keepdims", 1L)),
            "ReduceMean" => builder.Node("ReduceMean", "y", ["x"], OnnxNode.Attribute("axes", 2, 3), OnnxNode.Attribute("keepdims", 0L)),
            "Flatten" => builder.Node("Flatten", "y", ["x"], OnnxNode.Attribute("axis", 1L)),
            "Reshape" => builder.Node("Reshape", "y", ["x", Numbers("shape", 0, -1, 4)]),
            "Gemm" => builder.Node("Gemm", "y", [builder.Node("Flatten", "f", ["x"]), Floats("w", 288 * 3, 288, 3), Floats("b", 3, 3)]),
            "Gemm transposed" => builder.Node(
                "Gemm",
                "y",
                [builder.Node("Flatten", "f", ["x"]), Floats("w", 288 * 3, 3, 288), Floats("b", 3, 3)],
                OnnxNode.Attribute("transB", 1L),
                OnnxNode.Attribute("alpha", 0.5f)
            ),
            "MatMul" => builder.Node("MatMul", "y", ["x", Floats("w", 8 * 3, 8, 3)]),
            "Pad" => builder.Node("Pad", "y", ["x", Numbers("pads", 0, 0, 1, 0, 0, 0, 0, 2)]),
            "Squeeze and unsqueeze" => builder.Node(
                "Squeeze",
                "y",
                [builder.Node("Unsqueeze", "u", ["x", Numbers("axes", 1)]), Numbers("axes2", 1)]
            ),
            "Gather" => builder.Node("Gather", "y", ["x", Numbers("order", 2, 1, 0)], OnnxNode.Attribute("axis", 1L)),
            "Quantize and dequantize" => Pairs(),
            _ => Weights(),
        };
        builder.Output(y, DataType.Float);
        builder.Graph.Model.Graph.Output[0].Type.TensorType.Shape = null;
        return builder.Graph;

        string HardSwish()
        {
            builder.Graph.Model.OpsetImport[0].Version = 14; // the first that has it
            return builder.Node("HardSwish", "y", ["x"]);
        }

        string Pairs()
        {
            var (scale, zero) = (Scalar("s", 0.013f), builder.Constant(OnnxTensor.Of("z", [(byte)120], [])));
            builder.Node("QuantizeLinear", "q", ["x", scale, zero]);
            return builder.Node("DequantizeLinear", "y", ["q", Scalar("other", 1), builder.Constant(OnnxTensor.Of("none", [(byte)0], []))]);
        }

        string Weights()
        {
            var random = new Random(seed);
            var integers = builder.Constant(
                OnnxTensor.Of("w8", [.. Enumerable.Range(0, 5 * 4 * 9).Select(_ => (sbyte)random.Next(-127, 128))], 5, 4, 3, 3)
            );
            var scales = builder.Constant(OnnxTensor.Of("s", [0.05f, 0.01f, 0.02f, 0.03f, 0.04f], 5));
            builder.Node(
                "DequantizeLinear",
                "w",
                [integers, scales, builder.Constant(OnnxTensor.Of("z", new sbyte[5], 5))],
                OnnxNode.Attribute("axis", 0L)
            );
            return builder.Node("Conv", "y", ["x", "w"], kernel);
        }
    }
}
