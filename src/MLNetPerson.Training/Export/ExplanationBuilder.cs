using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Export;

/// <summary>
/// Writes what an assembled model lacks to say where its logit comes from, as a fragment that is put behind the model's own bytes. The
/// logit is linear in pooled features, and pooling takes or averages values of a tap's places: so every place's share of the logit is known
/// exactly (B. Zhou et al.,
/// Learning deep features
/// for discriminative localization, CVPR 2016, for averages). Weights and bias are read from the model itself, hence nothing is stored
/// twice.
/// </summary>
internal sealed class ExplanationBuilder
{
    /// <summary>The fragment's file in a package. Not ".onnx": it is no model by itself.</summary>
    public const string File = "explanation.part";

    public const string MapName = "activation_map";
    public const string BiasName = "bias";

    private const string Root = "explanation";

    private readonly OnnxGraph _model;
    private readonly FeatureNetwork _network;
    private readonly GraphBuilder _extra;

    private ExplanationBuilder(OnnxGraph model, FeatureNetwork network)
    {
        (_model, _network) = (model, network);
        _extra = new GraphBuilder(OnnxGraph.Own(new ModelProto { Graph = new GraphProto() }));
    }

    /// <summary>Builds the fragment.</summary>
    /// <param name="model">As <see cref="ModelAssembler"/> made it.</param>
    /// <param name="network">Which it was made from.</param>
    /// <returns>The fragment's bytes, and what a manifest says of it.</returns>
    public static (byte[] Fragment, PackageExplanation Explanation) Build(OnnxGraph model, FeatureNetwork network) =>
        new ExplanationBuilder(model, network).Build();

    private (byte[] Fragment, PackageExplanation Explanation) Build()
    {
        var joined = _model.Producer(_model.Producer(FeatureNetwork.OutputName)!.Input[0]);
        IReadOnlyList<string> pooled = joined is { OpType: "Concat" }
            ? joined.Input
            : [_model.Producer(FeatureNetwork.OutputName)!.Input[0]];
        List<(FeatureBlock Block, string Tap, bool Vector)> blocks =
        [
            .. _network.Blocks.Zip(pooled, (block, tensor) => Find(block, tensor)),
        ];
        var sizes = Sizes([.. blocks.Where(block => !block.Vector).Select(block => block.Tap).Distinct()]);
        var height = sizes.Values.Select(size => size.Height).DefaultIfEmpty(1).Max();
        var width = sizes.Values.Select(size => size.Width).DefaultIfEmpty(1).Max();

        var maps = blocks
            .Select(
                (block, index) =>
                {
                    var name = $"{Root}/{index}";
                    var weights = Weights(block.Block, name);
                    return block.Vector
                        ? Spread(name, Conv($"{name}/places", pooled[index], weights), "", (1, 1), (height, width))
                        : Spread(
                            name,
                            Places(block.Block.Spec, name, block.Tap, sizes[block.Tap], weights),
                            block.Tap,
                            sizes[block.Tap],
                            (height, width)
                        );
                }
            )
            .ToList();
        var sum = maps.Count == 1 ? maps[0] : _extra.Node("Sum", $"{Root}/sum", maps);
        _extra.Node("Squeeze", MapName, [sum, _extra.Constant(OnnxTensor.Of($"{Root}/channel", [1L], 1))]);
        _extra.Node("Identity", BiasName, [ModelAssembler.BiasName]);
        _extra.Output(MapName, DataType.Float, -1, height, width);
        _extra.Output(ModelAssembler.LogitName, DataType.Float, -1, 1);
        _extra.Output(BiasName, DataType.Float, 1);
        return (_extra.Graph.ToBytes(), new PackageExplanation(File, MapName, ModelAssembler.LogitName, BiasName, width, height));
    }

    /// <summary>The tap that a block's features were pooled from: back over the global pooling and the windows, where those are
    /// there.</summary>
    private (FeatureBlock Block, string Tap, bool Vector) Find(FeatureBlock block, string tensor)
    {
        var name = FeatureNetworkBuilder.NameOf(block.Spec);
        if (_model.Producer(tensor) is { OpType: "Unsqueeze" } vector && vector.Output[0] == name)
        {
            return (block, tensor, true);
        }

        foreach (var output in new[] { name, FeatureNetworkBuilder.WindowsOf(block.Spec) })
        {
            tensor = _model.Producer(tensor) is { } node && node.Output[0] == output ? node.Input[0] : tensor;
        }

        return (block, tensor, false);
    }

    private Dictionary<string, (int Height, int Width)> Sizes(List<string> taps)
    {
        if (taps.Count == 0)
        {
            return [];
        }

        var probe = _model.Clone();
        probe.Model.Graph.Output.Clear();
        probe.Model.Graph.Output.AddRange(taps.Select(tap => GraphBuilder.Describe(tap, DataType.Float, [-1, -1, -1, -1])));
        probe.RemoveUnused();
        using var model = OnnxModel.Load(probe.ToBytes(), _network.Card.Name);
        var outputs = model.Run<byte>(new byte[_network.Input.ByteCount], [1, _network.Input.Height, _network.Input.Width, 3], taps);
        return outputs.ToDictionary(output => output.Name, output => ((int)output.Shape[2], (int)output.Shape[3]), StringComparer.Ordinal);
    }

    /// <summary>A block's part of the head, as a filter of one pixel: [1, channels, 1, 1].</summary>
    private string Weights(FeatureBlock block, string name)
    {
        var rows = _extra.Node(
            "Slice",
            $"{name}/rows",
            [
                ModelAssembler.WeightsName,
                Numbers($"{name}/from", block.Start),
                Numbers($"{name}/to", block.Start + block.Count),
                Numbers($"{Root}/first", 0),
            ]
        );
        return _extra.Node("Reshape", $"{name}/weights", [rows, Numbers($"{Root}/filter", 1, -1, 1, 1)]);
    }

    /// <summary>What every step of the tap adds to the logit: [N, 1, h, w].</summary>
    private string Places(FeatureSpec spec, string name, string tap, (int Height, int Width) size, string weights) =>
        spec.Pooling == Pooling.Average
            ? AverageOfMaxima(spec, name, tap, size, weights)
            : MaximumOfAverages(spec, name, tap, size, weights);

    /// <summary>Every window hands its maximum to the step it was found at; where several have it, in equal parts.</summary>
    private string AverageOfMaxima(FeatureSpec spec, string name, string tap, (int Height, int Width) size, string weights)
    {
        var window = spec.Window;
        var (height, width) = (size.Height - window + 1, size.Width - window + 1);
        var share = _extra.Constant(OnnxTensor.Of($"{name}/share", [1f / (height * width)], 1));
        if (window == 1)
        {
            return _extra.Node("Mul", $"{name}/places", [Conv($"{name}/all", tap, weights), share]);
        }

        var maxima = FeatureNetworkBuilder.WindowsOf(spec);
        var axes = Numbers($"{Root}/space", 2, 3);
        List<(int Y, int X, string Mask)> masks = [];
        for (var y = 0; y < window; y++)
        {
            for (var x = 0; x < window; x++)
            {
                var part = _extra.Node(
                    "Slice",
                    $"{name}/{y}{x}/part",
                    [tap, Numbers($"{Root}/{y}{x}", y, x), Numbers($"{name}/{y}{x}/end", y + height, x + width), axes]
                );
                var equal = _extra.Node("Equal", $"{name}/{y}{x}/equal", [part, maxima]);
                masks.Add((y, x, _extra.Node("Cast", $"{name}/{y}{x}/mask", [equal], OnnxNode.Attribute("to", (long)DataType.Float))));
            }
        }

        var times = _extra.Node("Sum", $"{name}/times", masks.Select(mask => mask.Mask));
        var each = _extra.Node("Div", $"{name}/each", [_extra.Node("Mul", $"{name}/shared", [maxima, share]), times]);
        var moved = masks
            .Select(mask =>
            {
                var part = Conv(
                    $"{name}/{mask.Y}{mask.X}/places",
                    _extra.Node("Mul", $"{name}/{mask.Y}{mask.X}/values", [mask.Mask, each]),
                    weights
                );
                return _extra.Node(
                    "Pad",
                    $"{name}/{mask.Y}{mask.X}/moved",
                    [
                        part,
                        Numbers(
                            $"{Root}/{window}/{mask.Y}{mask.X}/pads",
                            0,
                            0,
                            mask.Y,
                            mask.X,
                            0,
                            0,
                            window - 1 - mask.Y,
                            window - 1 - mask.X
                        ),
                    ]
                );
            })
            .ToList();
        return _extra.Node("Sum", $"{name}/places", moved);
    }

    /// <summary>The window with the largest mean hands it to its steps, each what it had in it; where several windows have it, in equal
    /// parts.</summary>
    private string MaximumOfAverages(FeatureSpec spec, string name, string tap, (int Height, int Width) size, string weights)
    {
        var window = spec.Window;
        if (size == (window, window))
        {
            var share = _extra.Constant(OnnxTensor.Of($"{name}/share", [1f / (window * window)], 1));
            return _extra.Node("Mul", $"{name}/places", [Conv($"{name}/all", tap, weights), share]);
        }

        var equal = _extra.Node(
            "Equal",
            $"{name}/equal",
            [window == 1 ? tap : FeatureNetworkBuilder.WindowsOf(spec), FeatureNetworkBuilder.NameOf(spec)]
        );
        var found = _extra.Node("Cast", $"{name}/found", [equal], OnnxNode.Attribute("to", (long)DataType.Float));
        var times = _extra.Node("ReduceSum", $"{name}/times", [found, Numbers($"{Root}/space", 2, 3)], OnnxNode.Attribute("keepdims", 1L));
        var mask = _extra.Node("Div", $"{name}/mask", [found, times]);

        // The transposed mean over windows: a mean over the windows that a step is in, those beyond the border being zero.
        var reached =
            window == 1
                ? mask
                : _extra.Node(
                    "AveragePool",
                    $"{name}/reached",
                    [mask],
                    OnnxNode.Attribute("kernel_shape", window, window),
                    OnnxNode.Attribute("strides", 1, 1),
                    OnnxNode.Attribute("pads", window - 1, window - 1, window - 1, window - 1),
                    OnnxNode.Attribute("count_include_pad", 1L)
                );
        return Conv($"{name}/places", _extra.Node("Mul", $"{name}/values", [tap, reached]), weights);
    }

    /// <summary>From the tap's steps to the map's places, which are as fine as the finest tap: nothing is lost.</summary>
    private string Spread(string name, string places, string tap, (int Height, int Width) size, (int Height, int Width) map)
    {
        var (rows, columns) = (
            Matrix(0, size.Height, map.Height, _network.Input.Height),
            Matrix(1, size.Width, map.Width, _network.Input.Width)
        );
        float[] transposed = [.. Enumerable.Range(0, columns.Length).Select(i => columns[(i % map.Width * size.Width) + (i / map.Width)])];
        var down = _extra.Node(
            "MatMul",
            $"{name}/down",
            [_extra.Constant(OnnxTensor.Of($"{name}/y", rows, map.Height, size.Height)), places]
        );
        return _extra.Node("MatMul", $"{name}/map", [down, _extra.Constant(OnnxTensor.Of($"{name}/x", transposed, size.Width, map.Width))]);

        float[] Matrix(int axis, int steps, int cells, int side) =>
            tap.Length == 0
                ? [.. Enumerable.Repeat(1f / cells, cells)] // features without a place come from everywhere alike
                : StepPlaces.Of(_model, tap, axis, side, steps).Spread(steps, cells, side);
    }

    private string Conv(string name, string values, string weights) => _extra.Node("Conv", name, [values, weights]);

    private string Numbers(string name, params ReadOnlySpan<long> values) => _extra.Constant(OnnxTensor.Of(name, values, values.Length));
}
