using System.Collections.Immutable;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Passes;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Detection;

/// <summary>Reads a backbone's own detection heads: normalisation in front, the heads' maps joined to one list of anchors behind.</summary>
public static class DetectorNetworkBuilder
{
    private static readonly string[] Ours =
    [
        DetectorNetwork.InputName,
        DetectorNetwork.LogitsName,
        DetectorNetwork.EncodingsName,
        DetectorTail.BoxesName,
        DetectorTail.ProbabilitiesName,
        SuppressionPart.OutputName,
    ];

    /// <summary>Builds the network with the heads cut down to the person.</summary>
    /// <param name="backbone">Brought and imported where that has not happened.</param>
    /// <param name="input">Size of the picture.</param>
    /// <param name="cancellation">Ends a download.</param>
    /// <exception cref="BackboneException">The backbone has no detection heads, or cannot be had.</exception>
    public static Task<DetectorNetwork> BuildAsync(Backbone backbone, ImageSpec input, CancellationToken cancellation = default) =>
        BuildAsync(backbone, input, allClasses: false, cancellation);

    /// <summary>Builds the network.</summary>
    /// <param name="backbone">Brought and imported where that has not happened.</param>
    /// <param name="input">Size of the picture.</param>
    /// <param name="allClasses">Whether the heads calculate every published class and the person's column is taken out afterwards: the same
    /// answers for more products.</param>
    /// <param name="cancellation">Ends a download.</param>
    internal static async Task<DetectorNetwork> BuildAsync(
        Backbone backbone,
        ImageSpec input,
        bool allClasses,
        CancellationToken cancellation
    )
    {
        var card = backbone.Card;
        var detector =
            card.Detector
            ?? throw new BackboneException(
                $"Backbone '{card.Name}' has no detection heads: its card has no 'detector'. Use one that has, or add it to the card."
            );
        if (input.Fault() is { } fault)
        {
            throw new BackboneException($"The recipe's {fault}.");
        }

        var scores = detector.Levels.Select(level => Scores(card.Tap(level.Scores), detector, allClasses)).ToList();
        var boxes = detector.Levels.Select(level => card.Tap(level.Boxes)).ToList();
        var graph = (await backbone.BuildAsync(input.Width, input.Height, [.. scores, .. boxes], cancellation)).Clone();
        var shapes = Shapes(graph, card, input, [.. scores, .. boxes]);
        var builder = new GraphBuilder(graph);
        var names = GraphNames.Vacate(
            graph,
            name =>
                Ours.Contains(name)
                || name.StartsWith("image/", StringComparison.Ordinal)
                || name.StartsWith("detector/", StringComparison.Ordinal)
        );
        FeatureNetworkBuilder.Normalise(builder, card.Input, graph.InputNames.Single(), input);
        graph.Model.Graph.Output.Clear();

        var maps = ImmutableArray.CreateBuilder<DetectorMap>();
        List<string> logits = [],
            encodings = [];
        for (var level = 0; level < detector.Levels.Length; level++)
        {
            var anchors = SsdAnchors.Shapes(detector, level).Length;
            var (score, box) = (scores[level], boxes[level]);
            var (channels, height, width) = shapes[score.Name];
            var perAnchor = allClasses ? detector.Classes : 1;
            if (channels != anchors * perAnchor || shapes[box.Name] != (anchors * 4, height, width))
            {
                throw new BackboneException(
                    $"Backbone '{card.Name}': level {level} has {channels} scores and {shapes[box.Name].Channels} encodings a place on "
                        + "maps "
                        + $"of {width} x {height} and {shapes[box.Name].Width} x {shapes[box.Name].Height}; its rule makes {anchors} "
                        + "anchors."
                );
            }

            string Name(TapCard tap) => names.GetValueOrDefault(tap.Name, tap.Name);
            maps.Add(
                new DetectorMap(
                    new PackageAnchorLevel(width, height, anchors),
                    Convolution(graph, Name(score), card),
                    Convolution(graph, Name(box), card)
                )
            );
            logits.Add(Flat(builder, Name(score), $"detector/{level}/logits", height * width * anchors, perAnchor));
            encodings.Add(Flat(builder, Name(box), $"detector/{level}/encodings", height * width * anchors, 4));
        }

        if (allClasses)
        {
            var all = builder.Node("Concat", "detector/classes", logits, OnnxNode.Attribute("axis", 1L));
            var person = builder.Constant(OnnxTensor.Of("detector/person", [(long)card.Tap(detector.Levels[0].Scores).Select!.Offset], 1));
            var column = builder.Node("Gather", "detector/person/column", [all, person], OnnxNode.Attribute("axis", 2L));
            builder.Node("Squeeze", DetectorNetwork.LogitsName, [column, builder.Constant(OnnxTensor.Of("detector/axis", [2L], 1))]);
        }
        else
        {
            builder.Node("Concat", DetectorNetwork.LogitsName, logits, OnnxNode.Attribute("axis", 1L));
        }

        builder.Node("Concat", DetectorNetwork.EncodingsName, encodings, OnnxNode.Attribute("axis", 1L));
        ImmutableArray<PackageAnchorLevel> levels = [.. maps.Select(map => map.Map)];
        var anchorList = SsdAnchors.Make(detector, levels, input.Width, input.Height);
        builder.Output(DetectorNetwork.LogitsName, DataType.Float, -1, anchorList.Length);
        builder.Output(DetectorNetwork.EncodingsName, DataType.Float, -1, anchorList.Length, 4);
        graph.Sort(card.Name);
        var body = new RemoveIdentity().Run(graph).Graph;
        var joints = body
            .Nodes.Where(node =>
                node.Output.Any(output => output.StartsWith("detector/", StringComparison.Ordinal) || Ours.Contains(output))
            )
            .Select(node => node.Name)
            .ToImmutableArray();
        return new DetectorNetwork(card, input, maps.ToImmutable(), anchorList, joints, body);
    }

    private static TapCard Scores(TapCard person, BackboneDetector detector, bool allClasses) =>
        allClasses ? person with { Name = $"{person.Name}_of_all", Channels = person.Channels * detector.Classes, Select = null } : person;

    /// <summary>[N, anchors · values, h, w] → [N, h · w · anchors, values], without the last axis for one value.</summary>
    private static string Flat(GraphBuilder builder, string map, string name, int rows, int values)
    {
        var last = builder.Node("Transpose", $"{name}/last", [map], OnnxNode.Attribute("perm", 0, 2, 3, 1));
        long[] shape = values == 1 ? [0, rows] : [0, rows, values]; // 0 keeps the batch
        return builder.Node("Reshape", name, [last, builder.Constant(OnnxTensor.Of($"{name}/shape", shape, shape.Length))]);
    }

    private static string Convolution(OnnxGraph graph, string tensor, BackboneCard card) =>
        graph.Producer(tensor) is { } node
        && node.IsStandard("Conv")
        && graph.Initializer(node.Input[1]) is { Dims: [_, _, 1, 1] }
        && node.Input.Count == 3
            ? node.Name
            : throw new BackboneException(
                $"Backbone '{card.Name}': '{tensor}' is made by '{graph.Producer(tensor)?.OpType}', a 1 x 1 convolution with a bias is "
                    + "expected."
            );

    /// <summary>Runs the backbone once. [channels, h, w].</summary>
    private static Dictionary<string, (int Channels, int Height, int Width)> Shapes(
        OnnxGraph graph,
        BackboneCard card,
        ImageSpec input,
        List<TapCard> taps
    )
    {
        using var model = OnnxModel.Load(graph.ToBytes(), card.Name, new OnnxModelOptions { Optimization = GraphOptimization.None });
        var outputs = model.Run<float>(new float[input.ByteCount], [1, 3, input.Height, input.Width]);
        return taps.ToDictionary(
            tap => tap.Name,
            tap =>
                outputs.First(output => output.Name == tap.Name).Shape is [1, var channels, var height, var width]
                    ? ((int)channels, (int)height, (int)width)
                    : throw new BackboneException($"Backbone '{card.Name}': tap '{tap.Name}' is no map."),
            StringComparer.Ordinal
        );
    }
}
