using MLNetPerson.Inference;
using MLNetPerson.Testing;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Onnx;

/// <summary>Every pass: one golden graph, the same numbers as before, nothing left to do the second time, the input untouched.</summary>
public sealed class PassTests
{
    /// <summary>Two orders of the same float sums.</summary>
    private const float SameNumbers = 2e-5f;

    private static readonly Dictionary<string, (GraphPass Pass, Func<OnnxGraph> Build)> Cases = new()
    {
        ["FoldBatchNorm"] = (new FoldBatchNorm(), ConvolutionsWithAffines),
        ["FoldConstants"] = (new FoldConstants(), Constants),
        ["RemoveIdentity"] = (new RemoveIdentity(), Identities),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_rewritten_graph_is_the_golden_one(string name) =>
        PassChecks.GivesTheGoldenGraph(Cases[name].Pass, Cases[name].Build(), $"tests/MLNetPerson.Training.Tests/Onnx/Golden/{name}.txt");

    [Theory, MemberData(nameof(Names))]
    public void The_numbers_stay_the_same(string name)
    {
        var (pass, build) = Cases[name];
        var random = new Random(1);
        float[] input = [.. Enumerable.Range(0, 2 * 5 * 5).Select(_ => (float)random.NextDouble())];

        var (before, after) = (Run(build(), input), Run(pass.Run(build()).Graph, input));

        Assert.Equal(before.Keys, after.Keys);
        Assert.All(before.Keys, output => FloatAssert.Close(before[output], after[output], SameNumbers));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_second_run_changes_nothing(string name) =>
        PassChecks.ChangesNothingTheSecondTime(_ => Cases[name].Pass, Cases[name].Build());

    [Theory, MemberData(nameof(Names))]
    public void The_input_is_left_untouched(string name) => PassChecks.LeavesItsInputUntouched(Cases[name].Pass, Cases[name].Build());

    [Theory, MemberData(nameof(Names))]
    public void The_result_survives_saving_and_loading(string name) =>
        PassChecks.SurvivesSavingAndLoading(Cases[name].Pass, Cases[name].Build());

    /// <summary>
    /// conv → batch norm → multiply (constant first) → clip; a second conv whose constant stands behind a residual sum; a third
    /// whose output is also the graph's, and so must stay.
    /// </summary>
    private static OnnxGraph ConvolutionsWithAffines()
    {
        var random = new Random(5);
        float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)Math.Round(random.NextDouble(), 3))];
        var builder = new GraphBuilder("affines");
        builder.Input("x", DataType.Float, -1, 2, 5, 5);
        string Conv(string name, string input, int side) =>
            builder.Node(
                "Conv",
                name,
                [input, builder.Constant(OnnxTensor.Of($"{name}/w", Noise(2 * 2 * side * side), 2, 2, side, side))],
                OnnxNode.Attribute("kernel_shape", side, side),
                OnnxNode.Attribute("pads", side / 2, side / 2, side / 2, side / 2)
            );
        Conv("a", "x", 3);
        builder.Node(
            "BatchNormalization",
            "a/bn",
            [
                "a",
                .. new[] { "gamma", "beta", "mean", "variance" }.Select(part => builder.Constant(OnnxTensor.Of($"a/{part}", Noise(2), 2))),
            ],
            OnnxNode.Attribute("epsilon", 0.001f)
        );
        builder.Node("Mul", "a/mul", [builder.Constant(OnnxTensor.Of("a/scale", Noise(2), 1, 2, 1, 1)), "a/bn"]);
        builder.Node(
            "Clip",
            "a/clip",
            ["a/mul", builder.Constant(OnnxTensor.Scalar("zero", 0)), builder.Constant(OnnxTensor.Scalar("six", 6))]
        );
        Conv("b", "a/clip", 1);
        builder.Node("Add", "sum", ["b", "a/clip"]);
        builder.Node("Add", "sum/biased", [builder.Constant(OnnxTensor.Of("b/shift", Noise(2), 2, 1, 1)), "sum"]);
        Conv("c", "sum/biased", 1);
        builder.Node("Add", "c/biased", ["c", builder.Constant(OnnxTensor.Of("c/shift", Noise(2), 2, 1, 1))]);
        builder.Output("c", DataType.Float, -1, 2, 5, 5);
        builder.Output("c/biased", DataType.Float, -1, 2, 5, 5);
        return builder.Graph;
    }

    /// <summary>Weights that two nodes make of constants; an Add that also reads the input, and so must stay.</summary>
    private static OnnxGraph Constants()
    {
        var builder = new GraphBuilder("constants");
        builder.Input("x", DataType.Float, -1, 2, 5, 5);
        builder.Constant(OnnxTensor.Of("raw", [1f, 2, 3, 4], 4));
        builder.Constant(OnnxTensor.Of("shape", [2L, 2, 1, 1], 4));
        builder.Node("Mul", "raw/half", ["raw", builder.Constant(OnnxTensor.Scalar("half", 0.5f))]);
        builder.Node("Reshape", "weights", ["raw/half", "shape"]);
        builder.Node("Sqrt", "shift", [builder.Constant(OnnxTensor.Of("squares", [4f, 9], 1, 2, 1, 1))]);
        builder.Node("Conv", "y", ["x", "weights"]);
        builder.Node("Add", "z", ["y", "shift"]);
        builder.Output("z", DataType.Float, -1, 2, 5, 5);
        return builder.Graph;
    }

    private static OnnxGraph Identities()
    {
        var builder = new GraphBuilder("identities");
        builder.Input("x", DataType.Float, -1, 2, 5, 5);
        builder.Node("Identity", "x/copy", ["x"]);
        builder.Node("Relu", "y", ["x/copy"]);
        builder.Node("Identity", "y/named", ["y"]);
        builder.Node("Identity", "x/out", ["x"]);
        builder.Output("y/named", DataType.Float, -1, 2, 5, 5);
        builder.Output("x/out", DataType.Float, -1, 2, 5, 5);
        return builder.Graph;
    }

    private static Dictionary<string, float[]> Run(OnnxGraph graph, float[] input)
    {
        using var model = OnnxModel.Load(graph.ToBytes(), "test", new OnnxModelOptions { Optimization = GraphOptimization.None });
        return model.Run<float>(input, [1, 2, 5, 5]).ToDictionary(output => output.Name, output => output.Values);
    }
}
