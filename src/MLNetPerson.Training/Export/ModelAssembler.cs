using System.Globalization;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Proto;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Export;

/// <summary>Puts a head on a feature network: one graph from uint8 pictures to probabilities.</summary>
internal static class ModelAssembler
{
    /// <summary>The output: float [N, 1].</summary>
    public const string OutputName = "probability";

    /// <summary>The tensor before it: the calibrated logit, float [N, 1].</summary>
    public const string LogitName = "logit";

    /// <summary>The head's weights: float [features, 1].</summary>
    public const string WeightsName = "head/weights";

    /// <summary>The head's bias: float [1].</summary>
    public const string BiasName = "head/bias";

    /// <summary>Joins both.</summary>
    /// <param name="network">From picture to features.</param>
    /// <param name="head">With its calibration folded in.</param>
    /// <param name="threshold">Written into the file's own metadata, beside the input's specification, so that a file without its package
    /// still says how to use it.</param>
    public static OnnxGraph Assemble(FeatureNetwork network, LinearHead head, double threshold)
    {
        var builder = new GraphBuilder(network.Graph.Clone());
        var weights = builder.Constant(OnnxTensor.Of(WeightsName, head.Weights, head.Weights.Length, 1));
        var bias = builder.Constant(OnnxTensor.Of(BiasName, [(float)head.Bias], 1));
        builder.Node("Gemm", LogitName, [FeatureNetwork.OutputName, weights, bias]);
        builder.Node("Sigmoid", OutputName, [LogitName]);
        builder.Graph.Model.Graph.Output.Clear();
        builder.Output(OutputName, DataType.Float, -1, 1);
        Describe(builder.Graph.Model, network, threshold);
        return builder.Graph;
    }

    private static void Describe(ModelProto model, FeatureNetwork network, double threshold)
    {
        (string Key, string Value)[] entries =
        [
            ("task", "person-classification"),
            ("input", "image: uint8 [N, height, width, 3], RGB, 0 to 255, upright, not normalised"),
            ("input.width", network.Input.Width.ToString(CultureInfo.InvariantCulture)),
            ("input.height", network.Input.Height.ToString(CultureInfo.InvariantCulture)),
            ("input.resize", char.ToLowerInvariant(network.Input.Resize.ToString()[0]) + network.Input.Resize.ToString()[1..]),
            ("output", "probability: float [N, 1], of a person being in the picture"),
            ("threshold", threshold.ToString("R", CultureInfo.InvariantCulture)),
            ("backbone", network.Card.Name),
            ("backbone.licence", network.Card.Licence),
        ];
        model.MetadataProps.Clear();
        model.MetadataProps.AddRange(entries.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        model.DocString = $"Is there a person in the picture? {network.Card.Origin}.";
    }
}
