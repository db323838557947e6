using MLNetPerson.Inference;
using MLNetPerson.Testing;
using MLNetPerson.Training.Onnx;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Tests.Inference;

public sealed class OnnxModelTests
{
    [Fact]
    public void A_model_says_what_it_takes_and_gives()
    {
        using var model = OnnxModel.Load(Doubling(), "doubling");

        Assert.Equal("x float [?, 3]", model.Inputs.Single().ToString());
        Assert.Equal("y float [?, 3]", model.Outputs.Single().ToString());
    }

    [Fact]
    public void Values_run_through_in_order()
    {
        using var model = OnnxModel.Load(Doubling(), "doubling");
        var output = new float[6];

        model.Run<float>(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3], output);

        Assert.Equal([2, 4, 6, 8, 10, 12], output);
        Assert.Equal([2, 4, 6], model.Run<float>(new float[] { 1, 2, 3 }, [1, 3]).Single().Values);
    }

    [Fact]
    public void Runs_may_overlap()
    {
        using var model = OnnxModel.Load(Doubling(), "doubling");

        Parallel.For(
            0,
            1000,
            i =>
            {
                var output = new float[3];
                model.Run<float>(new float[] { i, i + 1, i + 2 }, [1, 3], output);
                Assert.Equal([2 * i, (2 * i) + 2, (2 * i) + 4], output);
            }
        );
    }

    [Fact]
    public void A_shape_that_does_not_fit_names_both()
    {
        using var model = OnnxModel.Load(Doubling(), "doubling");

        Assert.Equal(
            "Model 'doubling' takes x float [?, 3]; it was given 4 values of Single as [1, 4].",
            Assert.Throws<OnnxModelException>(() => model.Run<float>(new float[4], [1, 4])).Message
        );
        Assert.Equal(
            "Model 'doubling' takes x float [?, 3]; it was given 3 values of Byte as [1, 3].",
            Assert.Throws<OnnxModelException>(() => model.Run<byte>(new byte[3], [1, 3])).Message
        );
        Assert.Equal(
            "Model 'doubling' gives y float [?, 3]; 5 floats for a batch of 1 do not fit that.",
            Assert.Throws<OnnxModelException>(() => model.Run<float>(new float[3], [1, 3], new float[5])).Message
        );
        Assert.Equal(
            "Model 'doubling' has no output 'z'; it has y.",
            Assert.Throws<OnnxModelException>(() => model.Run<float>(new float[3], [1, 3], ["z"])).Message
        );
    }

    [Fact]
    public void Junk_is_not_a_model() =>
        Assert.StartsWith(
            "Model 'junk' cannot be loaded by ONNX Runtime ",
            Assert.Throws<OnnxModelException>(() => OnnxModel.Load([1, 2, 3, 4], "junk")).Message
        );

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.StartsWith(
            "Model 'no/such.onnx' cannot be read: ",
            Assert.Throws<OnnxModelException>(() => OnnxModel.Load("no/such.onnx")).Message
        );

    [Fact]
    public void The_optimised_graph_can_be_written()
    {
        using var folder = new TempFolder();
        using var model = OnnxModel.Load(Doubling(), "doubling", new OnnxModelOptions { OptimizedModelPath = folder["optimised.onnx"] });

        Assert.Contains(OnnxGraph.Parse(File.ReadAllBytes(folder["optimised.onnx"]), "optimised").Nodes, node => node.OpType == "Mul");
    }

    private static byte[] Doubling()
    {
        var builder = new GraphBuilder("doubling");
        builder.Input("x", DataType.Float, -1, 3);
        builder.Node("Mul", "y", ["x", builder.Constant(OnnxTensor.Scalar("two", 2))]);
        builder.Output("y", DataType.Float, -1, 3);
        return builder.Graph.ToBytes();
    }
}
