using System.Collections.Immutable;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Onnx.Graphs;

namespace MLNetPerson.Training.Backbones;

/// <summary>A network from a uint8 picture to its features: normalisation, backbone and pooling in one graph.</summary>
public sealed class FeatureNetwork
{
    /// <summary>The input: uint8 [N, height, width, 3] RGB.</summary>
    public const string InputName = "image";

    /// <summary>The output: float [N, features].</summary>
    public const string OutputName = "features";

    internal FeatureNetwork(BackboneCard card, ImageSpec input, ImmutableArray<FeatureBlock> blocks, OnnxGraph graph)
    {
        Card = card;
        Input = input;
        Blocks = blocks;
        Graph = graph;
        Bytes = graph.ToBytes();
        Sha256 = Sha256Text.OfBytes(Bytes);
    }

    /// <summary>Of the backbone inside.</summary>
    public BackboneCard Card { get; }

    /// <summary>Size of the picture, and how one gets there.</summary>
    public ImageSpec Input { get; }

    /// <summary>The blocks of the feature vector, in order.</summary>
    public ImmutableArray<FeatureBlock> Blocks { get; }

    /// <summary>Number of features.</summary>
    public int Width => Blocks[^1].Start + Blocks[^1].Count;

    /// <summary>Hash of the ONNX bytes.</summary>
    public string Sha256 { get; }

    internal OnnxGraph Graph { get; }

    internal byte[] Bytes { get; }
}
