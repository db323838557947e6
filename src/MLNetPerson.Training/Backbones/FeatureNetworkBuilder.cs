using System.Collections.Immutable;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Passes;
using MLNetPerson.Training.Export;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Backbones;

/// <summary>Puts normalisation in front of a backbone and pooling behind it.</summary>
public static class FeatureNetworkBuilder
{
    private static readonly string[] OurFolders = ["image/", "features/", "logit/", "probability/", "head/", "explanation/"];

    /// <summary>Builds the network that a recipe asks for.</summary>
    /// <param name="backbone">Brought and imported where that has not happened.</param>
    /// <param name="input">Size of the picture; sides that a tap's stride divides give the same borders as in the backbone's
    /// training.</param>
    /// <param name="features">The blocks, in order.</param>
    /// <param name="cancellation">Ends a download.</param>
    /// <exception cref="BackboneException">A tap or window does not exist there, or the backbone cannot be had.</exception>
    public static async Task<FeatureNetwork> BuildAsync(
        Backbone backbone,
        ImageSpec input,
        IReadOnlyList<FeatureSpec> features,
        CancellationToken cancellation = default
    )
    {
        if (features.Count == 0)
        {
            throw new BackboneException("A recipe needs at least one block of features.");
        }

        if (input.Fault() is { } fault)
        {
            throw new BackboneException($"The recipe's {fault}.");
        }

        var card = backbone.Card;
        var taps = features.Select(feature => card.Tap(feature.Tap)).Distinct().ToList();
        var graph = (await backbone.BuildAsync(input.Width, input.Height, taps, cancellation)).Clone();
        var shapes = TapShapes(graph, card, input, taps);
        var builder = new GraphBuilder(graph);
        var names = GraphNames.Vacate(graph, IsOurs);
        Normalise(builder, card.Input, graph.InputNames.Single(), input);
        graph.Model.Graph.Output.Clear();
        var blocks = ImmutableArray.CreateBuilder<FeatureBlock>();
        List<string> pooled = [];
        foreach (var feature in features)
        {
            var tap = card.Tap(feature.Tap);
            pooled.Add(Pool(builder, feature, names.GetValueOrDefault(tap.Name, tap.Name), shapes[tap.Name]));
            blocks.Add(new FeatureBlock(feature, blocks.Count == 0 ? 0 : blocks[^1].Start + blocks[^1].Count, tap.Channels));
        }

        var joined = pooled.Count == 1 ? pooled[0] : builder.Node("Concat", "features/joined", pooled, OnnxNode.Attribute("axis", 1L));
        builder.Node("Flatten", FeatureNetwork.OutputName, [joined], OnnxNode.Attribute("axis", 1L));
        builder.Output(FeatureNetwork.OutputName, DataType.Float, -1, blocks[^1].Start + blocks[^1].Count);
        graph.Sort(card.Name);
        return new FeatureNetwork(card, input, blocks.ToImmutable(), new RemoveIdentity().Run(graph).Graph);
    }

    /// <summary>Whether we need a tensor's name: from the picture to the features, and for the head and its explanation behind
    /// them.</summary>
    private static bool IsOurs(string name) =>
        name
            is FeatureNetwork.InputName
                or FeatureNetwork.OutputName
                or ModelAssembler.OutputName
                or ModelAssembler.LogitName
                or ExplanationBuilder.MapName
                or ExplanationBuilder.BiasName
        || OurFolders.Any(folder => name.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>The tensor with a block's features, before all are joined.</summary>
    internal static string NameOf(FeatureSpec feature) => $"features/{feature.ToString().Replace(' ', '_')}";

    /// <summary>The tensor with what neighbourhoods were pooled to, where the block has a window.</summary>
    internal static string WindowsOf(FeatureSpec feature) => $"{NameOf(feature)}/windows";

    /// <summary>Runs the backbone once, so that a user's own graph needs no shapes written into it. [channels, h, w]; h and w are 0 for
    /// vectors.</summary>
    private static Dictionary<string, (int Channels, int Height, int Width)> TapShapes(
        OnnxGraph graph,
        BackboneCard card,
        ImageSpec input,
        List<TapCard> taps
    )
    {
        const int Batch = 2; // a batch size that is built into the graph shows up here
        using var model = OnnxModel.Load(graph.ToBytes(), card.Name, new OnnxModelOptions { Optimization = GraphOptimization.None });
        long[] shape = card.Input.Layout == "nchw" ? [Batch, 3, input.Height, input.Width] : [Batch, input.Height, input.Width, 3];
        ImmutableArray<FloatTensor> outputs;
        try
        {
            outputs = model.Run<float>(new float[Batch * input.ByteCount], shape);
        }
        catch (OnnxModelException exception)
        {
            throw new BackboneException(
                $"Backbone '{card.Name}' does not run on a batch of {Batch} pictures of {input.Width} x {input.Height}: "
                    + $"{exception.Message}",
                exception
            );
        }

        var shapes = new Dictionary<string, (int, int, int)>(StringComparer.Ordinal);
        foreach (var tap in taps)
        {
            var dimensions = outputs.First(output => output.Name == tap.Name).Shape;
            shapes[tap.Name] =
                dimensions is [Batch, var channels, ..]
                && channels == tap.Channels
                && dimensions.Length is 2 or 4
                && !dimensions.Contains(0)
                    ? (tap.Channels, dimensions.Length == 4 ? (int)dimensions[2] : 0, dimensions.Length == 4 ? (int)dimensions[3] : 0)
                    : throw new BackboneException(
                        $"Backbone '{card.Name}': tap '{tap.Name}' gives [{string.Join(", ", dimensions)}]; [{Batch}, {tap.Channels}] or ["
                            + $"{Batch}, {tap.Channels}, h, w] is expected."
                    );
        }

        return shapes;
    }

    internal static void Normalise(GraphBuilder builder, BackboneInput card, string tensor, ImageSpec input)
    {
        var graph = builder.Graph;
        graph.Model.Graph.Input.Clear();
        var image = builder.Input(FeatureNetwork.InputName, DataType.Uint8, -1, input.Height, input.Width, 3);
        var channelsFirst = card.Layout == "nchw";
        var pixels = channelsFirst ? builder.Node("Transpose", "image/nchw", [image], OnnxNode.Attribute("perm", 0, 3, 1, 2)) : image;
        if (card.Channels == "bgr")
        {
            var order = builder.Constant(OnnxTensor.Of("image/order", [2L, 1, 0], 3));
            pixels = builder.Node("Gather", "image/bgr", [pixels, order], OnnxNode.Attribute("axis", channelsFirst ? 1L : 3L));
        }

        // (byte / 255 − mean) / std as byte · scale + offset, rounded once.
        float[] scale = [.. card.Std.Select(std => (float)(1 / (255 * std)))];
        float[] offset = [.. card.Mean.Zip(card.Std, (mean, std) => (float)(-mean / std))];
        ReadOnlySpan<long> shape = channelsFirst ? [1, 3, 1, 1] : [1, 1, 1, 3];
        var values = builder.Node("Cast", "image/float", [pixels], OnnxNode.Attribute("to", (long)DataType.Float));
        var scaled = builder.Node("Mul", "image/scaled", [values, builder.Constant(OnnxTensor.Of("image/scale", scale, shape))]);
        builder.Node("Add", tensor, [scaled, builder.Constant(OnnxTensor.Of("image/offset", offset, shape))]);
    }

    /// <summary>One block as [N, channels, 1, 1]. Kernels that cover the map rather than "global" ones where integers can follow
    /// suit.</summary>
    private static string Pool(GraphBuilder builder, FeatureSpec feature, string tap, (int Channels, int Height, int Width) shape)
    {
        var name = NameOf(feature);
        if (shape.Height == 0)
        {
            var axes = builder.Constant(OnnxTensor.Of("features/axes", [2L, 3], 2));
            return builder.Node("Unsqueeze", name, [tap, axes]);
        }

        var (tensor, height, width) = (tap, shape.Height, shape.Width);
        if (feature.Window > 1)
        {
            if (feature.Window > height || feature.Window > width)
            {
                throw new BackboneException(
                    $"Features '{feature}': the tap is only {width} x {height} steps at this input size. Use a smaller window or a larger "
                        + $"input."
                );
            }

            tensor = builder.Node(
                feature.Pooling == Pooling.Max ? "AveragePool" : "MaxPool",
                WindowsOf(feature),
                [tensor],
                OnnxNode.Attribute("kernel_shape", feature.Window, feature.Window),
                OnnxNode.Attribute("strides", 1, 1)
            );
            (height, width) = (height - feature.Window + 1, width - feature.Window + 1);
        }

        if (height == 1 && width == 1)
        {
            return builder.Node("Identity", name, [tensor]); // pooled already
        }

        return feature.Pooling == Pooling.Average
            ? builder.Node("GlobalAveragePool", name, [tensor])
            : builder.Node(
                "MaxPool",
                name,
                [tensor],
                OnnxNode.Attribute("kernel_shape", height, width),
                OnnxNode.Attribute("strides", 1, 1)
            );
    }
}
