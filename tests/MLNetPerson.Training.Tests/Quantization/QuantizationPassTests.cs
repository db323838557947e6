using System.Collections.Immutable;
using MLNetPerson.Inference;
using MLNetPerson.Testing;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using MLNetPerson.Training.Quantization;
using MLNetPerson.Training.Quantization.Passes;
using MLNetPerson.Training.Tests.Onnx;

namespace MLNetPerson.Training.Tests.Quantization;

/// <summary>Every pass on the way to integers or to a smaller file: one golden graph, numbers as near as it promises, nothing left to do
/// the second time, the input untouched.</summary>
public sealed class QuantizationPassTests
{
    private const float SameNumbers = 2e-5f;

    /// <summary>The same products of weights that were divided, multiplied and rounded to float again.</summary>
    private const float Rescaled = 1e-4f;

    /// <summary>Borders see the zero point's value, up to half a level of 255 from the normalised zero.</summary>
    private const float SameButBorders = 0.02f;

    /// <summary>Rounding to 8 bits, with ranges that were not measured: of the same order, no more.</summary>
    private const float Rounded = 0.15f;

    private static readonly ImmutableHashSet<string> None = [];

    /// <summary>In the order in which they run; each case starts from what the ones before it made.</summary>
    private static readonly Dictionary<string, (Func<OnnxGraph, GraphPass> Pass, string[] Before, float Within)> Cases = new()
    {
        ["JoinPointwiseConvolutions"] = (_ => new JoinPointwiseConvolutions(), [], SameNumbers),
        ["TakePixelsAsIntegers"] = (_ => new TakePixelsAsIntegers(), [], SameButBorders),
        ["EqualizeAcrossLayers"] = (graph => new EqualizeAcrossLayers(SmallNetwork.FixedCalibration(graph)), [], Rescaled),
        ["AveragePoolAsConvolution"] = (
            graph => new AveragePoolAsConvolution(
                SmallNetwork.FixedCalibration(graph).ToDictionary(entry => entry.Key, entry => entry.Value.ChannelMeans.Length)
            ),
            [],
            SameNumbers
        ),
        ["RemoveRedundantClips"] = (graph => new RemoveRedundantClips(SmallNetwork.Parameters(graph), None), [], float.PositiveInfinity),
        ["CorrectBias"] = (graph => new CorrectBias(SmallNetwork.FixedCalibration(graph), IntegerRange.Weights, None), [], Rounded),
        ["SplitHeadWeights"] = (graph => new SplitHeadWeights(SmallNetwork.Parameters(graph), IntegerRange.Weights, None), [], SameNumbers),
        ["InsertQuantizeDequantize"] = (
            graph => new InsertQuantizeDequantize(SmallNetwork.Parameters(graph), None, IntegerRange.Weights),
            ["TakePixelsAsIntegers", "AveragePoolAsConvolution"],
            Rounded
        ),
        ["PixelsAreTheIntegers"] = (
            _ => new PixelsAreTheIntegers(),
            ["TakePixelsAsIntegers", "AveragePoolAsConvolution", "InsertQuantizeDequantize"],
            SameNumbers
        ),
        ["ReadPixelsInFours"] = (
            _ => new ReadPixelsInFours(),
            ["TakePixelsAsIntegers", "AveragePoolAsConvolution", "InsertQuantizeDequantize", "PixelsAreTheIntegers"],
            0
        ),
        ["StoreAsHalf"] = (_ => new StoreAsHalf(), [], 2e-3f),
        ["StoreWeightsAsBytes"] = (_ => new StoreWeightsAsBytes(), [], Rounded),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_rewritten_graph_is_the_golden_one(string name) =>
        PassChecks.GivesTheGoldenGraph(Pass(name), Input(name), $"tests/MLNetPerson.Training.Tests/Quantization/Golden/{name}.txt");

    [Theory, MemberData(nameof(Names))]
    public void The_answers_stay_as_near_as_promised(string name)
    {
        var input = Input(name);
        var output = Cases[name].Pass(input).Run(input).Graph;

        foreach (var picture in SmallNetwork.Pictures(6))
        {
            FloatAssert.Close(Run(input, picture), Run(output, picture), Cases[name].Within);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_second_run_changes_nothing(string name) => PassChecks.ChangesNothingTheSecondTime(Cases[name].Pass, Input(name));

    [Theory, MemberData(nameof(Names))]
    public void The_input_is_left_untouched(string name) => PassChecks.LeavesItsInputUntouched(Pass(name), Input(name));

    [Theory, MemberData(nameof(Names))]
    public void The_result_survives_saving_and_loading(string name) => PassChecks.SurvivesSavingAndLoading(Pass(name), Input(name));

    [Theory, MemberData(nameof(Names))]
    public void A_graph_without_anything_to_do_stays_as_it_is(string name)
    {
        var builder = new GraphBuilder("nothing");
        builder.Input("x", MLNetPerson.Training.Onnx.Proto.TensorProto.Types.DataType.Float, -1, 4);
        builder.Node("Tanh", "y", ["x"]);
        builder.Output("y", MLNetPerson.Training.Onnx.Proto.TensorProto.Types.DataType.Float, -1, 4);

        var result = Cases[name].Pass(builder.Graph).Run(builder.Graph);

        Assert.Empty(result.Changes);
        Assert.Equal(builder.Graph.ToBytes(), result.Graph.ToBytes());
    }

    private static GraphPass Pass(string name) => Cases[name].Pass(Input(name));

    private static OnnxGraph Input(string name) =>
        Cases[name].Before.Aggregate(SmallNetwork.Build(), (graph, before) => Cases[before].Pass(graph).Run(graph).Graph);

    private static float[] Run(OnnxGraph graph, byte[] picture)
    {
        using var model = OnnxModel.Load(graph.ToBytes(), "test", new OnnxModelOptions { Optimization = GraphOptimization.None });
        return model.Run<byte>(picture, SmallNetwork.Shape).Single().Values;
    }
}
