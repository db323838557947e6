using Google.Protobuf;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Onnx;

public sealed class OnnxGraphTests
{
    [Fact]
    public void Nodes_out_of_order_are_sorted()
    {
        var model = Chain().Model.Clone();
        var nodes = model.Graph.Node.Reverse().ToList();
        model.Graph.Node.Clear();
        model.Graph.Node.AddRange(nodes);

        Assert.Equal(["a", "b"], OnnxGraph.Parse(model.ToByteArray(), "x").Nodes.Select(node => node.Output[0]));
    }

    [Fact]
    public void Fields_that_are_not_known_here_survive()
    {
        // Field 1000 of the model, a string: no ONNX field, as a newer version might have.
        byte[] bytes = [.. Chain().ToBytes(), 0xC2, 0x3E, 3, (byte)'n', (byte)'e', (byte)'w'];

        Assert.EndsWith("new", System.Text.Encoding.Latin1.GetString(OnnxGraph.Parse(bytes, "x").Clone().ToBytes()));
    }

    [Fact]
    public void What_nothing_depends_on_is_removed()
    {
        var graph = Chain();
        new GraphBuilder(graph).Node("Relu", "dead", ["a"]);
        new GraphBuilder(graph).Constant(OnnxTensor.Scalar("unused", 1));

        Assert.Equal("dead/Relu", Assert.Single(graph.RemoveUnused()));
        Assert.Equal(["one"], graph.Initializers.Select(tensor => tensor.Name));
    }

    [Fact]
    public void A_fresh_name_is_nobodys() => Assert.Equal(("b_2", "fresh"), (Chain().FreshName("b"), Chain().FreshName("fresh")));

    [Theory]
    [InlineData("not a model", "is not an ONNX model")]
    [InlineData("", "is not an ONNX model, or one without a node.")]
    public void Junk_is_refused(string text, string expected) =>
        Assert.Contains(
            $"'junk' {expected}",
            Assert.Throws<OnnxGraphException>(() => OnnxGraph.Parse(System.Text.Encoding.UTF8.GetBytes(text), "junk")).Message
        );

    [Fact]
    public void An_old_opset_is_refused() =>
        Assert.Equal(
            "'old' uses opset 9; at least 13 is needed. Export it again with a newer opset.",
            Refusal("old", model => model.OpsetImport[0].Version = 9)
        );

    [Fact]
    public void Weights_in_another_file_that_cannot_be_had_are_refused()
    {
        var refusal = Refusal("split", model => model.Graph.Initializer[0].DataLocation = 1);

        Assert.StartsWith("'split' keeps constant 'one' in another file", refusal);
        Assert.EndsWith("Put the file beside the model, or save it as one file.", refusal);
    }

    [Fact]
    public void A_tensor_that_nobody_makes_is_named() =>
        Assert.Equal(
            "'gap': node 'a/Add' (Add) reads 'nothing', which no node makes before it.",
            Refusal("gap", model => model.Graph.Node[0].Input[0] = "nothing")
        );

    [Fact]
    public void A_cycle_is_found() =>
        Assert.StartsWith("'loop': node 'a/Add' (Add) reads 'b'", Refusal("loop", model => model.Graph.Node[0].Input[0] = "b"));

    [Fact]
    public void Two_makers_of_one_tensor_are_found() =>
        Assert.Equal("'twice': tensor 'a' is made by 2 nodes.", Refusal("twice", model => model.Graph.Node[1].Output[0] = "a"));

    [Fact]
    public void An_output_that_nobody_makes_is_named() =>
        Assert.Equal("'open': output 'c' is made by no node.", Refusal("open", model => model.Graph.Output[0].Name = "c"));

    [Fact]
    public void A_constant_of_the_wrong_length_is_named()
    {
        var tensor = OnnxTensor.Of("short", [1f, 2], 2);
        tensor.Dims[0] = 3;

        Assert.Equal("Constant 'short' of shape [3] has 2 values.", Assert.Throws<OnnxGraphException>(() => tensor.Floats()).Message);
    }

    [Fact]
    public void Typed_lists_and_raw_bytes_read_alike()
    {
        var listed = new TensorProto
        {
            Name = "t",
            DataType = (int)DataType.Float,
            Dims = { 2 },
            FloatData = { 1.5f, -2 },
        };

        Assert.Equal(OnnxTensor.Of("t", [1.5f, -2], 2).Floats(), listed.Floats());
    }

    private static string Refusal(string name, Action<ModelProto> change)
    {
        var model = Chain().Model.Clone();
        change(model);
        return Assert.Throws<OnnxGraphException>(() => OnnxGraph.Parse(model.ToByteArray(), name)).Message;
    }

    private static OnnxGraph Chain()
    {
        var builder = new GraphBuilder("chain");
        builder.Input("x", DataType.Float, -1, 3);
        builder.Node("Add", "a", ["x", builder.Constant(OnnxTensor.Scalar("one", 1))]);
        builder.Node("Relu", "b", ["a"]);
        builder.Output("b", DataType.Float, -1, 3);
        return builder.Graph;
    }
}
