using System.Runtime.InteropServices;
using System.Text.Json;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;

namespace MLNetPerson.Training.Tests.Backbones;

/// <summary>The importer against plain loops over [height, width, channels], on a small model with every trait of the real one.</summary>
public sealed class TfjsImporterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Random _random = new(31);
    private readonly List<object> _nodes = [];
    private readonly List<(string Name, int[] Shape, float[] Values)> _weights = [];

    [Theory, InlineData(8, 6), InlineData(7, 9), InlineData(1, 1)]
    public void The_imported_graph_computes_what_the_model_says(int height, int width)
    {
        var expected = BuildModel(height, width, out var input);

        var graph = TfjsImporter.Import(
            TfjsModel.Load(_folder.Path),
            "image",
            [Tap("end", 5), Tap("scores", 2, new ChannelSelection(3, 1))],
            width,
            height,
            "small"
        );

        using var model = OnnxModel.Load(graph.ToBytes(), "small");
        var outputs = model.Run<float>(ToPlanes(input, height, width, 3), [1, 3, height, width]);
        FloatAssert.Close(
            [.. ToPlanes(expected.End, expected.Height, expected.Width, 5)],
            outputs.Single(output => output.Name == "end").Values,
            1e-4f
        );
        FloatAssert.Close(
            [.. ToPlanes(expected.Scores, expected.Height, expected.Width, 2)],
            outputs.Single(output => output.Name == "scores").Values,
            1e-4f
        );
    }

    [Fact]
    public void Batch_norm_is_folded_and_pads_are_explicit()
    {
        BuildModel(8, 8, out _);

        var graph = TfjsImporter.Import(TfjsModel.Load(_folder.Path), "image", [Tap("end", 5)], 8, 8, "small");

        Assert.Equal(["Add", "Clip", "Clip", "Conv", "Conv", "Conv", "Conv"], graph.Nodes.Select(node => node.OpType).Order());
        // 3 × 3 with stride 2 over 8 pixels: TensorFlow pads one pixel at the bottom and right, none at the top and left.
        Assert.Contains(graph.Nodes, node => node.OpType == "Conv" && node.Ints("pads") is [0, 0, 1, 1]);
        Assert.DoesNotContain(graph.Nodes, node => node.Attribute.Any(attribute => attribute.Name == "auto_pad"));
        Assert.True(string.IsNullOrEmpty(graph.Model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam) is false);
    }

    [Fact]
    public void A_batch_gives_what_its_pictures_give_alone()
    {
        BuildModel(8, 6, out var input);
        var graph = TfjsImporter.Import(TfjsModel.Load(_folder.Path), "image", [Tap("end", 5)], 6, 8, "small");
        using var model = OnnxModel.Load(graph.ToBytes(), "small");
        var one = ToPlanes(input, 8, 6, 3);

        var alone = model.Run<float>(one, [1, 3, 8, 6]).Single().Values;
        var batch = model.Run<float>((float[])[.. new float[one.Length], .. one], [2, 3, 8, 6]).Single().Values;

        FloatAssert.Close(alone, batch[alone.Length..], 1e-6f);
    }

    [Fact]
    public void An_unknown_operation_is_named()
    {
        _nodes.Add(new { name = "image", op = "Placeholder" });
        _nodes.Add(
            new
            {
                name = "odd",
                op = "Softsign",
                input = new[] { "image" },
            }
        );
        Save();

        Assert.Equal(
            "Node 'odd' is a Softsign, which the importer does not know. Take features from a tensor before it.",
            Assert
                .Throws<OnnxGraphException>(() => TfjsImporter.Import(TfjsModel.Load(_folder.Path), "image", [Tap("odd", 3)], 8, 8, "x"))
                .Message
        );
    }

    [Fact]
    public void A_tap_of_other_channels_than_its_card_says_is_refused()
    {
        BuildModel(8, 8, out _);

        Assert.Equal(
            "Tap 'end' has 5 channels, its card says 7.",
            Assert
                .Throws<OnnxGraphException>(() => TfjsImporter.Import(TfjsModel.Load(_folder.Path), "image", [Tap("end", 7)], 8, 8, "x"))
                .Message
        );
    }

    [Fact]
    public void A_short_shard_is_refused()
    {
        BuildModel(8, 8, out _);
        var shard = _folder["shard1"];
        File.WriteAllBytes(shard, File.ReadAllBytes(shard)[..^4]);

        Assert.Matches(
            "is not a TensorFlow.js graph model: weight '.*' ends at byte [0-9]+, the shards at [0-9]+",
            Assert.Throws<OnnxGraphException>(() => TfjsModel.Load(_folder.Path)).Message
        );
    }

    [Theory, InlineData("{}"), InlineData("not json"), InlineData("{\"modelTopology\":{\"node\":[{}]},\"weightsManifest\":[]}")]
    public void What_is_no_model_is_refused(string json)
    {
        _folder.Write("model.json", json);

        Assert.Contains(
            "model.json' is not a TensorFlow.js graph model: ",
            Assert.Throws<OnnxGraphException>(() => TfjsModel.Load(_folder.Path)).Message
        );
    }

    public void Dispose() => _folder.Dispose();

    private static TapCard Tap(string name, int channels, ChannelSelection? select = null) =>
        new()
        {
            Name = name,
            Tensor = name == "scores" ? "scores_bias" : name,
            Channels = channels,
            Stride = 2,
            Select = select,
        };

    /// <summary>
    /// conv (SAME, stride 2) + bias as the Add's first input, Relu6; depthwise with Mul and Add still unfolded, Relu6; project and a
    /// residual whose bias stands behind the sum (as the grappler leaves it); a score convolution with FusedBatchNorm and BiasAdd.
    /// </summary>
    private (double[] End, double[] Scores, int Height, int Width) BuildModel(int height, int width, out double[] input)
    {
        input = [.. Enumerable.Range(0, height * width * 3).Select(_ => (_random.NextDouble() * 2) - 1)];
        _nodes.Add(new { name = "image", op = "Placeholder" });
        var stem = Weight("stem_w", 3, 3, 3, 5);
        var stemBias = Weight("stem_b", 5);
        Conv("stem", "Conv2D", "image", "stem_w", 2);
        Node("stem_add", "Add", "stem_b", "stem");
        Node("stem_relu", "Relu6", "stem_add");
        var depth = Weight("depth_w", 3, 3, 5, 1);
        var (depthScale, depthShift) = (Weight("depth_s", 5), Weight("depth_t", 5));
        Conv("depth", "DepthwiseConv2dNative", "stem_relu", "depth_w", 1);
        Node("depth_mul", "Mul", "depth", "depth_s");
        Node("depth_add", "Add", "depth_mul", "depth_t");
        Node("depth_relu", "Relu6", "depth_add");
        var project = Weight("project_w", 1, 1, 5, 5);
        var projectBias = Weight("project_b", 5);
        Conv("project", "Conv2D", "depth_relu", "project_w", 1);
        Node("leaf", "AddN", "project", "stem_relu");
        Node("sum", "Add", "project_b", "leaf");
        var final = Weight("final_w", 3, 3, 5, 5);
        Conv("end", "Conv2D", "sum", "final_w", 1);
        var score = Weight("score_w", 1, 1, 5, 6);
        var (gamma, beta, mean) = (Weight("gamma", 6), Weight("beta", 6), Weight("mean", 6));
        var variance = Weight("variance", 6).Select(MathF.Abs).ToArray();
        _weights[^1] = ("variance", [6], variance);
        var scoreBias = Weight("score_b", 6);
        Conv("score", "Conv2D", "sum", "score_w", 1);
        _nodes.Add(
            new
            {
                name = "score_bn",
                op = "FusedBatchNorm",
                input = new[] { "score", "gamma", "beta", "mean", "variance" },
                attr = new { epsilon = new { f = 0.001 } },
            }
        );
        Node("scores_bias", "BiasAdd", "score_bn", "score_b");
        Save();

        var (value, h, w) = Reference.Convolve(input, height, width, 3, stem, 3, 3, 5, 2, same: true, depthwise: false);
        var start = Map(value, 5, (x, c) => Math.Clamp(x + stemBias[c], 0, 6));
        var deep = Map(
            Reference.Convolve(start, h, w, 5, depth, 3, 3, 5, 1, same: true, depthwise: true).Values,
            5,
            (x, c) => Math.Clamp((x * depthScale[c]) + depthShift[c], 0, 6)
        );
        var projected = Map(
            Reference.Convolve(deep, h, w, 5, project, 1, 1, 5, 1, same: true, depthwise: false).Values,
            5,
            (x, c) => x + projectBias[c]
        );
        double[] sum = [.. projected.Zip(start, (a, b) => a + b)];
        var end = Reference.Convolve(sum, h, w, 5, final, 3, 3, 5, 1, same: true, depthwise: false).Values;
        var scores = Map(
            Reference.Convolve(sum, h, w, 5, score, 1, 1, 6, 1, same: true, depthwise: false).Values,
            6,
            (x, c) => (gamma[c] * (x - mean[c]) / Math.Sqrt(variance[c] + 0.001)) + beta[c] + scoreBias[c]
        );
        return (end, [.. scores.Where((_, i) => i % 6 % 3 == 1)], h, w);
    }

    private static double[] Map(double[] values, int channels, Func<double, int, double> each) =>
        [.. values.Select((value, i) => each(value, i % channels))];

    private static float[] ToPlanes(double[] values, int height, int width, int channels) =>
        [.. Enumerable.Range(0, values.Length).Select(i => (float)values[(((i % (height * width)) * channels) + (i / (height * width)))])];

    private float[] Weight(string name, params int[] shape)
    {
        float[] values =
        [
            .. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)((_random.NextDouble() * 1.6) - 0.8)),
        ];
        _weights.Add((name, shape, values));
        _nodes.Add(new { name, op = "Const" });
        return values;
    }

    private void Node(string name, string op, params string[] input) =>
        _nodes.Add(
            new
            {
                name,
                op,
                input,
            }
        );

    // Strides as strings and padding as byte values: so the real file has them.
    private void Conv(string name, string op, string input, string weights, int stride) =>
        _nodes.Add(
            new
            {
                name,
                op,
                input = new[] { input, weights },
                attr = new Dictionary<string, object>
                {
                    ["strides"] = new { list = new { i = new[] { "1", $"{stride}", $"{stride}", "1" } } },
                    ["padding"] = new { s = new[] { 83, 65, 77, 69 } },
                    ["data_format"] = new { s = new[] { 78, 72, 87, 67 } },
                },
            }
        );

    private void Save()
    {
        var bytes = _weights.SelectMany(weight => MemoryMarshal.AsBytes(weight.Values.AsSpan()).ToArray()).ToArray();
        _folder.Write("shard1", bytes);
        _folder.Write(
            "model.json",
            JsonSerializer.Serialize(
                new
                {
                    modelTopology = new { node = _nodes },
                    weightsManifest = new[]
                    {
                        new
                        {
                            paths = new[] { "shard1" },
                            weights = _weights.Select(weight => new
                            {
                                name = weight.Name,
                                shape = weight.Shape,
                                dtype = "float32",
                            }),
                        },
                    },
                }
            )
        );
    }
}
