using MLNetPerson.Images;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Tuning.Tests.Networks;

/// <summary>
/// Whole networks as others export them, small: blocks, operators and attributes are those of a ResNet-18 (torchvision), a MobileNetV3
/// (torchvision, opset 14) and an EfficientNet-lite (from TensorFlow), with fewer channels. Input: uint8 [N, 32, 32, 3]; output: a logit.
/// </summary>
internal sealed class StrangersGraphs
{
    public static readonly ImageSpec Spec = new(32, 32);

    private readonly GraphBuilder _builder = new("stranger");
    private readonly Random _random;
    private int _number;

    private StrangersGraphs(int seed) => _random = new Random(seed);

    public static OnnxGraph Of(string network, int seed)
    {
        var maker = new StrangersGraphs(seed);
        var pixels = maker.Pixels();
        var logit = network switch
        {
            "ResNet-18" => maker.ResNet(pixels),
            "MobileNetV3" => maker.MobileNet(pixels),
            "EfficientNet-lite" => maker.EfficientNet(pixels),
            _ => throw new ArgumentOutOfRangeException(nameof(network), network, "no such network"),
        };
        maker._builder.Graph.Model.OpsetImport[0].Version = 14; // HardSwish's first
        maker._builder.Output(logit, DataType.Float, -1, 1);
        return maker._builder.Graph;
    }

    /// <summary>Basic blocks of two convolutions, with batch normalisation kept, and a shortcut that is projected where sizes
    /// change; the second stage's convolutions are in groups, as ResNeXt's.</summary>
    private string ResNet(string pixels)
    {
        var x = Relu(Norm(Conv(pixels, 3, 8, 7, stride: 2), 8));
        x = Node(
            "MaxPool",
            [x],
            OnnxNode.Attribute("kernel_shape", 3, 3),
            OnnxNode.Attribute("strides", 2, 2),
            OnnxNode.Attribute("pads", 1, 1, 1, 1)
        );
        var from = 8;
        foreach (var (to, stride, groups) in new[] { (8, 1, 1), (16, 2, 4), (32, 2, 1) })
        {
            for (var block = 0; block < 2; block++)
            {
                var step = block == 0 ? stride : 1;
                var inner = Relu(Norm(Conv(x, from, to, 3, step, groups), to));
                inner = Norm(Conv(inner, to, to, 3, groups: groups), to);
                var shortcut = step == 1 && from == to ? x : Norm(Conv(x, from, to, 1, step), to);
                x = Relu(Node("Add", [inner, shortcut]));
                from = to;
            }
        }

        return Gemm(Flatten(Node("GlobalAveragePool", [x])), 32, 1);
    }

    /// <summary>Inverted residuals with squeeze and excitation: HardSwish, HardSigmoid, and HardSwish as older exporters spell
    /// it.</summary>
    private string MobileNet(string pixels)
    {
        var x = HardSwish(Norm(Conv(pixels, 3, 8, 3, stride: 2), 8));
        foreach (
            var (from, wide, to, kernel, stride, excites, hard) in new[]
            {
                (8, 16, 8, 3, 1, true, false),
                (8, 24, 12, 5, 2, false, false),
                (12, 24, 12, 5, 1, true, true),
            }
        )
        {
            string Act(string tensor) => hard ? HardSwish(tensor) : Relu(tensor);
            var inner = Act(Norm(Conv(x, from, wide, 1), wide));
            inner = Act(Norm(Conv(inner, wide, wide, kernel, stride, groups: wide), wide));
            if (excites)
            {
                var squeezed = Relu(Conv(Node("GlobalAveragePool", [inner]), wide, 8, 1, bias: true));
                var gate = Node("HardSigmoid", [Conv(squeezed, 8, wide, 1, bias: true)], OnnxNode.Attribute("alpha", 1f / 6));
                inner = Node("Mul", [gate, inner]);
            }

            var projected = Norm(Conv(inner, wide, to, 1), to);
            x = stride == 1 && from == to ? Node("Add", [projected, x]) : projected;
        }

        x = OldHardSwish(Norm(Conv(x, 12, 48, 1), 48));
        x = HardSwish(Gemm(Flatten(Node("GlobalAveragePool", [x])), 48, 24));
        return Gemm(Node("Dropout", [x]), 24, 1);
    }

    /// <summary>Relu6 as Clip, padding as SAME_UPPER, normalisation folded into biases, means by ReduceMean, a head of MatMul and
    /// Add; a Sigmoid gate, a Concat and an AveragePool as its larger relatives have.</summary>
    private string EfficientNet(string pixels)
    {
        var x = Clip(Conv(pixels, 3, 8, 3, stride: 2, bias: true, same: true));
        foreach (var (from, wide, to, kernel, stride) in new[] { (8, 16, 8, 3, 1), (8, 32, 16, 5, 2), (16, 48, 16, 5, 1) })
        {
            var inner = Clip(Conv(x, from, wide, 1, bias: true, same: true));
            inner = Clip(Conv(inner, wide, wide, kernel, stride, groups: wide, bias: true, same: true));
            var projected = Conv(inner, wide, to, 1, bias: true, same: true);
            x = stride == 1 && from == to ? Node("Add", [projected, x]) : projected;
        }

        var gate = Node("Sigmoid", [Conv(x, 16, 16, 1, bias: true)]);
        var mean = Node("AveragePool", [x], OnnxNode.Attribute("kernel_shape", 3, 3), OnnxNode.Attribute("pads", 1, 1, 1, 1));
        x = Clip(Conv(Node("Concat", [Node("Mul", [x, gate]), mean], OnnxNode.Attribute("axis", 1L)), 32, 40, 1, bias: true));
        x = Node("ReduceMean", [x], OnnxNode.Attribute("axes", 2, 3), OnnxNode.Attribute("keepdims", 0L));
        x = Node("Reshape", [x, _builder.Constant(OnnxTensor.Of("rows", [-1L, 40L], 2))]);
        x = Node("MatMul", [x, Weights(40, 40, 1)]);
        return Node("Add", [x, _builder.Constant(OnnxTensor.Of("bias", [0.1f], 1))]);
    }

    private string Pixels()
    {
        _builder.Input("image", DataType.Uint8, -1, Spec.Height, Spec.Width, 3);
        var planes = Node("Transpose", ["image"], OnnxNode.Attribute("perm", 0, 3, 1, 2));
        var floats = Node("Cast", [planes], OnnxNode.Attribute("to", (long)DataType.Float));
        var centred = Node("Sub", [floats, _builder.Constant(OnnxTensor.Of("mean", [123.7f, 116.3f, 103.5f], 1, 3, 1, 1))]);
        return Node("Div", [centred, _builder.Constant(OnnxTensor.Of("std", [58.4f, 57.1f, 57.4f], 1, 3, 1, 1))]);
    }

    private string Conv(string input, int from, int to, int kernel, int stride = 1, int groups = 1, bool bias = false, bool same = false)
    {
        List<string> inputs = [input, Weights(from / groups * kernel * kernel, to, from / groups, kernel, kernel)];
        if (bias)
        {
            inputs.Add(Values(to, -0.1, 0.1));
        }

        var pad = kernel / 2;
        return Node(
            "Conv",
            [.. inputs],
            OnnxNode.Attribute("kernel_shape", kernel, kernel),
            OnnxNode.Attribute("strides", stride, stride),
            OnnxNode.Attribute("group", (long)groups),
            same ? OnnxNode.Attribute("auto_pad", "SAME_UPPER") : OnnxNode.Attribute("pads", pad, pad, pad, pad)
        );
    }

    private string Norm(string input, int channels) =>
        Node(
            "BatchNormalization",
            [input, Values(channels, 0.8, 1.2), Values(channels, -0.1, 0.1), Values(channels, -0.1, 0.1), Values(channels, 0.5, 1.5)],
            OnnxNode.Attribute("epsilon", 1e-5f),
            OnnxNode.Attribute("momentum", 0.9f)
        );

    private string Gemm(string input, int from, int to) =>
        Node("Gemm", [input, Weights(from, to, from), Values(to, -0.1, 0.1)], OnnxNode.Attribute("transB", 1L));

    private string Relu(string input) => Node("Relu", [input]);

    private string Flatten(string input) => Node("Flatten", [input], OnnxNode.Attribute("axis", 1L));

    private string HardSwish(string input) => Node("HardSwish", [input]);

    private string OldHardSwish(string input)
    {
        var six = Node("Clip", [Node("Add", [input, Scalar(3)]), Scalar(0), Scalar(6)]);
        return Node("Div", [Node("Mul", [input, six]), Scalar(6)]);
    }

    private string Clip(string input) => Node("Clip", [input, Scalar(0), Scalar(6)]);

    private string Scalar(float value) => _builder.Constant(OnnxTensor.Scalar($"scalar{_number++}", value));

    /// <summary>He's initialisation, so that signals neither die nor grow.</summary>
    private string Weights(int fanIn, params long[] shape)
    {
        var bound = Math.Sqrt(6.0 / fanIn);
        return _builder.Constant(
            OnnxTensor.Of(
                $"weights{_number++}",
                [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => (float)Between(-bound, bound))],
                shape
            )
        );
    }

    private string Values(int count, double low, double high) =>
        _builder.Constant(
            OnnxTensor.Of($"values{_number++}", [.. Enumerable.Range(0, count).Select(_ => (float)Between(low, high))], count)
        );

    private double Between(double low, double high) => low + (_random.NextDouble() * (high - low));

    private string Node(string type, string[] inputs, params AttributeProto[] attributes) =>
        _builder.Node(type, $"{type.ToLowerInvariant()}{_number++}", inputs, attributes);
}
