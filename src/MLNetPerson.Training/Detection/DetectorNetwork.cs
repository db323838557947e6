using System.Collections.Immutable;
using MLNetPerson.Images;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;

namespace MLNetPerson.Training.Detection;

/// <summary>One level of a detector inside its body graph.</summary>
/// <param name="Map">Its size.</param>
/// <param name="ScoreConvolution">Name of the node that gives scores: a 1 × 1 convolution, one filter for each anchor.</param>
/// <param name="BoxConvolution">Name of the node that gives encoded boxes: a 1 × 1 convolution, four filters for each anchor.</param>
internal sealed record DetectorMap(PackageAnchorLevel Map, string ScoreConvolution, string BoxConvolution);

/// <summary>A network from a uint8 picture to what its detection heads say, before anything is decoded.</summary>
public sealed class DetectorNetwork
{
    /// <summary>The input: uint8 [N, height, width, 3] RGB.</summary>
    public const string InputName = "image";

    /// <summary>The body's first output: float [N, anchors], one logit for each anchor.</summary>
    internal const string LogitsName = "logits";

    /// <summary>The body's second output: float [N, anchors, 4]; shift down, shift right, logarithm of height and of width.</summary>
    internal const string EncodingsName = "encodings";

    internal DetectorNetwork(
        BackboneCard card,
        ImageSpec input,
        ImmutableArray<DetectorMap> maps,
        ImmutableArray<Anchor> anchors,
        ImmutableArray<string> joints,
        OnnxGraph body
    )
    {
        (Card, Input, Maps, Anchors, Joints, Body) = (card, input, maps, anchors, joints, body);
    }

    /// <summary>Of the backbone inside.</summary>
    public BackboneCard Card { get; }

    /// <summary>Size of the picture, and how one gets there.</summary>
    public ImageSpec Input { get; }

    /// <summary>Boxes that come out for one picture, before suppression.</summary>
    public int Candidates => Anchors.Length;

    internal ImmutableArray<DetectorMap> Maps { get; }

    internal ImmutableArray<Anchor> Anchors { get; }

    /// <summary>Nodes behind the last convolutions, which order and join what they give: no integers.</summary>
    internal ImmutableArray<string> Joints { get; }

    /// <summary>From the picture to <see cref="LogitsName"/> and <see cref="EncodingsName"/>.</summary>
    internal OnnxGraph Body { get; }

    /// <summary>Names of nodes that integers are kept out of: the last convolutions, which are a thousandth of the products and decide the
    /// boxes' edges and order, and what joins them.</summary>
    internal ImmutableHashSet<string> LeftInFloat =>
        [.. Maps.SelectMany(map => new[] { map.ScoreConvolution, map.BoxConvolution }), .. Joints];

    /// <summary>The same network around another body: in other numbers, or with other weights.</summary>
    internal DetectorNetwork With(OnnxGraph body) => new(Card, Input, Maps, Anchors, Joints, body);

    /// <summary>Which level an anchor belongs to, and which of a place's anchors it is.</summary>
    internal (int Level, int Shape, int Place) LevelOf(int anchor)
    {
        for (var level = 0; ; level++)
        {
            var map = Maps[level].Map;
            var count = map.Width * map.Height * map.Anchors;
            if (anchor < count)
            {
                return (level, anchor % map.Anchors, anchor / map.Anchors);
            }

            anchor -= count;
        }
    }
}
