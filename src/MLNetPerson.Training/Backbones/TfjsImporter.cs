using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Backbones;

/// <summary>
/// Turns the part of a TensorFlow.js graph that chosen taps need into ONNX: NHWC to NCHW, SAME padding to explicit pads for
/// one input size, batch normalisation folded, batch size open. An operation that is not known stops it with its name.
/// </summary>
internal sealed class TfjsImporter
{
    /// <summary>The imported graph's input: float [N, 3, height, width], normalised.</summary>
    public const string InputName = "input";

    private const float Relu6Ceiling = 6;

    private readonly TfjsModel _model;
    private readonly GraphBuilder _builder;
    private readonly string _source;
    private readonly Dictionary<string, Value> _done = new(StringComparer.Ordinal);

    private TfjsImporter(TfjsModel model, string source, string name)
    {
        _model = model;
        _source = source;
        _builder = new GraphBuilder(name);
    }

    /// <summary>Imports one graph.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">The tensor that becomes the input: where preprocessing ends.</param>
    /// <param name="taps">What to compute; each becomes an output of its own name, float [N, channels, h, w].</param>
    /// <param name="width">Of the input, pixels.</param>
    /// <param name="height">Of the input, pixels.</param>
    /// <param name="name">The graph's name.</param>
    /// <exception cref="OnnxGraphException">The graph has an operation, padding or layout that is not known here, or lacks a
    /// tensor.</exception>
    public static OnnxGraph Import(TfjsModel model, string source, IReadOnlyList<TapCard> taps, int width, int height, string name)
    {
        var importer = new TfjsImporter(model, source, name);
        importer._done[source] = new Value(importer._builder.Input(InputName, DataType.Float, -1, 3, height, width), 3, height, width);
        foreach (var tap in taps)
        {
            var value = importer.Convert(tap.Tensor, tap.Select);
            if (value.Channels != tap.Channels)
            {
                throw new OnnxGraphException($"Tap '{tap.Name}' has {value.Channels} channels, its card says {tap.Channels}.");
            }

            importer._builder.Node("Identity", tap.Name, [value.Tensor]);
            importer._builder.Output(tap.Name, DataType.Float, -1, value.Channels, value.Height, value.Width);
        }

        return new RemoveIdentity().Run(new FoldBatchNorm().Run(importer._builder.Graph).Graph).Graph;
    }

    private Value Convert(string name, ChannelSelection? select = null)
    {
        if (select is null && _done.TryGetValue(name, out var known))
        {
            return known;
        }

        if (!_model.Nodes.TryGetValue(name, out var node))
        {
            throw new OnnxGraphException($"The TensorFlow.js model has no tensor '{name}'.");
        }

        var value = node.Op switch
        {
            "Conv2D" => Convolution(node, depthwise: false, select),
            "DepthwiseConv2dNative" => Convolution(node, depthwise: true, select),
            "Add" or "AddN" or "AddV2" or "BiasAdd" or "Mul" => Elementwise(node, select),
            "FusedBatchNorm" or "FusedBatchNormV3" => BatchNorm(node, select),
            "Relu6" => Relu6(node, select),
            "Identity" => Convert(node.Inputs[0], select),
            _ => throw new OnnxGraphException(
                $"Node '{name}' is a {node.Op}, which the importer does not know. Take features from a tensor before it."
            ),
        };
        return select is null ? _done[name] = value : value;
    }

    private Value Convolution(TfjsNode node, bool depthwise, ChannelSelection? select)
    {
        if (node.DataFormat is not ("NHWC" or "") || node.Padding is not ("SAME" or "VALID") || node.Strides.Length != 4)
        {
            throw new OnnxGraphException(
                $"Convolution '{node.Name}' has layout '{node.DataFormat}' and padding '{node.Padding}'; NHWC with SAME or VALID is read."
            );
        }

        // A selection of output channels is, through a depthwise convolution, one of input channels.
        var input = Convert(node.Inputs[0], depthwise ? select : null);
        var kernel = Weight(node, 1); // [h, w, in, out], depthwise [h, w, channels, multiplier]
        int kernelHeight = kernel.Shape[0],
            kernelWidth = kernel.Shape[1];
        if (depthwise && kernel.Shape[3] != 1)
        {
            throw new OnnxGraphException($"Depthwise convolution '{node.Name}' makes {kernel.Shape[3]} channels of each; 1 is read.");
        }

        var kept = Kept(depthwise ? kernel.Shape[2] : kernel.Shape[3], select);
        var inputsPerFilter = depthwise ? 1 : kernel.Shape[2];
        var weights = new float[kept.Length * inputsPerFilter * kernelHeight * kernelWidth]; // [out, in, h, w]
        var at = 0;
        foreach (var filter in kept)
        {
            for (var channel = 0; channel < inputsPerFilter; channel++)
            {
                for (var cell = 0; cell < kernelHeight * kernelWidth; cell++)
                {
                    weights[at++] = depthwise
                        ? kernel.Values[(cell * kernel.Shape[2]) + filter]
                        : kernel.Values[(((cell * kernel.Shape[2]) + channel) * kernel.Shape[3]) + filter];
                }
            }
        }

        var (strideY, strideX) = (node.Strides[1], node.Strides[2]);
        var (dilationY, dilationX) = node.Dilations.Length == 4 ? (node.Dilations[1], node.Dilations[2]) : (1, 1);
        var (top, bottom, height) = Pads(node.Padding, input.Height, kernelHeight, strideY, dilationY);
        var (left, right, width) = Pads(node.Padding, input.Width, kernelWidth, strideX, dilationX);
        var name = Named(node, select);
        var constant = _builder.Constant(
            OnnxTensor.Of($"{name}/weights", weights, kept.Length, inputsPerFilter, kernelHeight, kernelWidth)
        );
        _builder.Node(
            "Conv",
            name,
            [input.Tensor, constant],
            OnnxNode.Attribute("dilations", dilationY, dilationX),
            OnnxNode.Attribute("group", depthwise ? kept.Length : 1),
            OnnxNode.Attribute("kernel_shape", kernelHeight, kernelWidth),
            OnnxNode.Attribute("pads", top, left, bottom, right),
            OnnxNode.Attribute("strides", strideY, strideX)
        );
        return new Value(name, kept.Length, height, width);
    }

    // TensorFlow's SAME: ceil(size / stride) steps; an odd pixel of padding goes to the bottom and right.
    private static (int Before, int After, int Steps) Pads(string padding, int size, int kernel, int stride, int dilation)
    {
        var reach = ((kernel - 1) * dilation) + 1;
        if (padding == "VALID")
        {
            return (0, 0, ((size - reach) / stride) + 1);
        }

        var steps = (size + stride - 1) / stride;
        var total = Math.Max(0, ((steps - 1) * stride) + reach - size);
        return (total / 2, total - (total / 2), steps);
    }

    private Value Elementwise(TfjsNode node, ChannelSelection? select)
    {
        if (node.Inputs.Length != 2)
        {
            throw new OnnxGraphException($"'{node.Name}' ({node.Op}) has {node.Inputs.Length} inputs, 2 are read.");
        }

        // Which side is the constant differs from node to node.
        var constant = node.Inputs.FirstOrDefault(_model.Weights.ContainsKey);
        var op = node.Op == "Mul" ? "Mul" : "Add";
        var name = Named(node, select);
        if (constant is null)
        {
            var (left, right) = (Convert(node.Inputs[0], select), Convert(node.Inputs[1], select));
            return left with { Tensor = _builder.Node(op, name, [left.Tensor, right.Tensor]) };
        }

        var input = Convert(node.Inputs[0] == constant ? node.Inputs[1] : node.Inputs[0], select);
        var values = _model.Weights[constant].Values;
        var kept = values.Length == 1 ? values : [.. Kept(values.Length, select).Select(channel => values[channel])];
        var tensor = _builder.Constant(OnnxTensor.Of($"{name}/constant", kept, 1, kept.Length, 1, 1));
        return input with { Tensor = _builder.Node(op, name, [input.Tensor, tensor]) };
    }

    private Value BatchNorm(TfjsNode node, ChannelSelection? select)
    {
        var input = Convert(node.Inputs[0], select);
        var name = Named(node, select);
        var parameters = Enumerable
            .Range(1, 4)
            .Select(index =>
            {
                var weight = Weight(node, index).Values;
                float[] kept = [.. Kept(weight.Length, select).Select(channel => weight[channel])];
                return _builder.Constant(OnnxTensor.Of($"{name}/{index}", kept, kept.Length));
            })
            .ToList();
        return input with
        {
            Tensor = _builder.Node("BatchNormalization", name, [input.Tensor, .. parameters], OnnxNode.Attribute("epsilon", node.Epsilon)),
        };
    }

    private Value Relu6(TfjsNode node, ChannelSelection? select)
    {
        var input = Convert(node.Inputs[0], select);
        var (floor, ceiling) = (
            _builder.Constant(OnnxTensor.Scalar("tfjs/relu6/min", 0)),
            _builder.Constant(OnnxTensor.Scalar("tfjs/relu6/max", Relu6Ceiling))
        );
        return input with { Tensor = _builder.Node("Clip", Named(node, select), [input.Tensor, floor, ceiling]) };
    }

    private TfjsTensor Weight(TfjsNode node, int input) =>
        _model.Weights.GetValueOrDefault(node.Inputs[input])
        ?? throw new OnnxGraphException(
            $"'{node.Name}' ({node.Op}) reads '{node.Inputs[input]}', which is not a float weight of the model."
        );

    private static int[] Kept(int channels, ChannelSelection? select) =>
        select is null
            ? [.. Enumerable.Range(0, channels)]
            : [.. Enumerable.Range(0, channels).Where(channel => channel % select.Every == select.Offset)];

    // Below a folder of their own, so that no tap's name is taken.
    private static string Named(TfjsNode node, ChannelSelection? select) =>
        $"tfjs/{node.Name}" + (select is null ? "" : $"/every{select.Every}from{select.Offset}");

    private sealed record Value(string Tensor, int Channels, int Height, int Width);
}
