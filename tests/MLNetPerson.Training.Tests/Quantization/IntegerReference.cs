using System.Runtime.InteropServices;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Proto;

namespace MLNetPerson.Training.Tests.Quantization;

/// <summary>
/// Runs an integer graph of ours the plain way: loops over integers, sums in 64 bits, one rounding for each tensor. Written from the
/// operators' definitions (ONNX QLinearConv, QuantizeLinear), not from our code.
/// </summary>
internal sealed class IntegerReference
{
    private sealed record Integers(int[] Values, int[] Shape, double Scale, int Zero);

    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, Integers> _tensors = [];
    private readonly Dictionary<string, double> _logits = [];

    private IntegerReference(OnnxGraph graph) => _graph = graph;

    /// <summary>The number that goes into the Sigmoid.</summary>
    public static double Logit(OnnxGraph graph, byte[] picture, int side)
    {
        var run = new IntegerReference(graph);
        run._tensors["image"] = new Integers([.. picture.Select(value => (int)value)], [1, side, side, 3], 1, 0);
        foreach (var node in graph.Nodes)
        {
            run.Step(node);
        }

        return run._logits.Values.Last();
    }

    private void Step(NodeProto node)
    {
        switch (node.OpType)
        {
            case "Transpose":
                _tensors[node.Output[0]] = Transposed(_tensors[node.Input[0]], node.Ints("perm")!);
                break;
            case "Reshape":
                var source = _tensors[node.Input[0]];
                _tensors[node.Output[0]] = source with
                {
                    Shape = [1, .. _graph.Initializer(node.Input[1])!.Integers().Skip(1).Select(size => (int)size)],
                };
                break;
            case "DequantizeLinear" when _graph.Initializer(node.Input[0]) is { } constant:
                break; // read where it is used
            case "DequantizeLinear":
                _tensors[node.Output[0]] = _tensors[node.Input[0]] with { Scale = Scalar(node.Input[1]), Zero = Zero(node.Input[2]) };
                break;
            case "QuantizeLinear":
                break; // done by the node before it
            case "Conv":
                Conv(node);
                break;
            case "Add":
                var (a, b) = (_tensors[node.Input[0]], _tensors[node.Input[1]]);
                Round(node, a.Shape, i => (a.Scale * (a.Values[i] - a.Zero)) + (b.Scale * (b.Values[i] - b.Zero)));
                break;
            case "MaxPool":
                Pool(node, [(int)node.Ints("kernel_shape")![0], (int)node.Ints("kernel_shape")![1]], window => window.Max());
                break;
            case "GlobalAveragePool":
                Pool(node, _tensors[node.Input[0]].Shape[2..], window => window.Average());
                break;
            case "Concat":
                var parts = node.Input.Select(input => _tensors[input]).ToList();
                double[] joined = [.. parts.SelectMany(part => part.Values.Select(value => part.Scale * (value - part.Zero)))];
                Round(node, [1, joined.Length, 1, 1], i => joined[i]);
                break;
            case "Flatten":
                var flat = _tensors[node.Input[0]];
                Round(node, [1, flat.Values.Length], i => flat.Scale * (flat.Values[i] - flat.Zero));
                break;
            case "Gemm":
                Gemm(node);
                break;
            case "ReduceSum":
                _logits[node.Output[0]] = _logits
                    .Where(entry => entry.Key.StartsWith($"{node.Input[0]}#", StringComparison.Ordinal))
                    .Sum(entry => entry.Value);
                break;
            case "Sigmoid":
                break;
            default:
                throw new NotSupportedException(node.OpType);
        }
    }

    private void Conv(NodeProto node)
    {
        var x = _tensors[node.Input[0]];
        var (weights, scales, shape) = Weights(node.Input[1]);
        var bias = Biases(node.Input[2]);
        var group = (int)node.Int("group", 1);
        var (strides, pads) = (node.Ints("strides") ?? [1, 1], node.Ints("pads") ?? [0, 0, 0, 0]);
        var (filters, perGroup, kh, kw) = (shape[0], shape[1], shape[2], shape[3]);
        var (height, width) = (
            ((x.Shape[2] + (int)pads[0] + (int)pads[2] - kh) / (int)strides[0]) + 1,
            ((x.Shape[3] + (int)pads[1] + (int)pads[3] - kw) / (int)strides[1]) + 1
        );
        Round(
            node,
            [1, filters, height, width],
            i =>
            {
                var (filter, y0, x0) = (i / (height * width), i / width % height, i % width);
                long sum = bias[filter];
                for (var c = 0; c < perGroup; c++)
                {
                    var channel = (filter / (filters / group) * perGroup) + c;
                    for (var ky = 0; ky < kh; ky++)
                    {
                        for (var kx = 0; kx < kw; kx++)
                        {
                            var (row, column) = ((y0 * (int)strides[0]) + ky - (int)pads[0], (x0 * (int)strides[1]) + kx - (int)pads[1]);
                            var inside = row >= 0 && row < x.Shape[2] && column >= 0 && column < x.Shape[3];
                            var value = inside ? x.Values[(((channel * x.Shape[2]) + row) * x.Shape[3]) + column] - x.Zero : 0;
                            sum += (long)value * weights[(((((filter * perGroup) + c) * kh) + ky) * kw) + kx];
                        }
                    }
                }

                return sum * x.Scale * scales[filter];
            }
        );
    }

    private void Gemm(NodeProto node)
    {
        var x = _tensors[node.Input[0]];
        var (weights, scales, shape) = Weights(node.Input[1]);
        var bias = Biases(node.Input[2]);
        for (var column = 0; column < shape[1]; column++)
        {
            long sum = bias[column];
            for (var row = 0; row < shape[0]; row++)
            {
                sum += (long)(x.Values[row] - x.Zero) * weights[(row * shape[1]) + column];
            }

            _logits[$"{node.Output[0]}#{column}"] = sum * x.Scale * scales[column];
        }
    }

    private void Pool(NodeProto node, int[] kernel, Func<IEnumerable<double>, double> of)
    {
        var x = _tensors[node.Input[0]];
        var (height, width) = (x.Shape[2] - kernel[0] + 1, x.Shape[3] - kernel[1] + 1);
        Round(
            node,
            [1, x.Shape[1], height, width],
            i =>
            {
                var (channel, y0, x0) = (i / (height * width), i / width % height, i % width);
                return of(
                    Enumerable
                        .Range(0, kernel[0] * kernel[1])
                        .Select(k =>
                            x.Scale
                            * (x.Values[(((channel * x.Shape[2]) + y0 + (k / kernel[1])) * x.Shape[3]) + x0 + (k % kernel[1])] - x.Zero)
                        )
                );
            }
        );
    }

    /// <summary>Rounds what a node gives to the integers of the QuantizeLinear behind it (behind a Clip, whose bounds the integers
    /// keep).</summary>
    private void Round(NodeProto node, int[] shape, Func<int, double> real)
    {
        var quantize = _graph.Consumers(node.Output[0]).Single(reader => reader.OpType == "QuantizeLinear");
        var (scale, zero) = (Scalar(quantize.Input[1]), Zero(quantize.Input[2]));
        int[] values =
        [
            .. Enumerable
                .Range(0, shape.Aggregate(1, (a, b) => a * b))
                .Select(i => (int)Math.Clamp(Math.Round(real(i) / scale, MidpointRounding.ToEven) + zero, 0, 255)),
        ];
        _tensors[quantize.Output[0]] = new Integers(values, shape, scale, zero);
    }

    private (sbyte[] Values, float[] Scales, int[] Shape) Weights(string real)
    {
        var dequantize = _graph.Producer(real)!;
        var tensor = _graph.Initializer(dequantize.Input[0])!;
        return (
            MemoryMarshal.Cast<byte, sbyte>(tensor.RawData.Span).ToArray(),
            _graph.Initializer(dequantize.Input[1])!.Floats(),
            [.. tensor.Dims.Select(size => (int)size)]
        );
    }

    private int[] Biases(string real) => [.. _graph.Initializer(_graph.Producer(real)!.Input[0])!.Integers().Select(value => (int)value)];

    private double Scalar(string name) => _graph.Initializer(name)!.Floats()[0];

    private int Zero(string name) => _graph.Initializer(name)!.RawData[0];

    private static Integers Transposed(Integers tensor, long[] order)
    {
        int[] shape = [.. order.Select(axis => tensor.Shape[axis])];
        var values = new int[tensor.Values.Length];
        var at = new int[4];
        for (var i = 0; i < values.Length; i++)
        {
            for (int axis = 3, rest = i; axis >= 0; axis--)
            {
                at[order[axis]] = rest % shape[axis];
                rest /= shape[axis];
            }

            values[i] = tensor.Values[(((((at[0] * tensor.Shape[1]) + at[1]) * tensor.Shape[2]) + at[2]) * tensor.Shape[3]) + at[3]];
        }

        return tensor with
        {
            Values = values,
            Shape = shape,
        };
    }
}
