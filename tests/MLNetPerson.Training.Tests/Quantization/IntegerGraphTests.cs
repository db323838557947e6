using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization;
using Xunit.Abstractions;

namespace MLNetPerson.Training.Tests.Quantization;

/// <summary>The whole way to integers, on a small network: what ONNX Runtime runs is integers, and they are the right ones.</summary>
public sealed class IntegerGraphTests(ITestOutputHelper output)
{
    /// <summary>Requantization in float32 may round a tie another way than in float64: a step here or there, of logits that go over several
    /// units.</summary>
    private const double ReferenceTolerance = 0.05;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_integer_graph_agrees_with_plain_loops_over_integers(bool portable)
    {
        // Plain loops do not saturate. Neither do 7-bit weights anywhere, nor 8-bit ones where sums are exact, as they are by default.
        var encoder = SmallNetwork.Calibrated(SmallNetwork.Build());
        var (graph, _) = encoder.Encode(new Int8Options { PortableWeights = portable });
        using var model = OnnxModel.Load(graph.ToBytes(), "integers");
        var worst = 0.0;

        foreach (var picture in SmallNetwork.Pictures(20, seed: 8))
        {
            var reference = IntegerReference.Logit(graph, picture, SmallNetwork.Side);
            var probability = model.Run<byte>(picture, SmallNetwork.Shape).Single().Values[0];
            worst = Math.Max(worst, Math.Abs(Math.Log(probability / (1 - probability)) - reference));
        }

        output.WriteLine($"worst difference of a logit {worst:0.000000}");
        Assert.InRange(worst, 0, ReferenceTolerance);
    }

    [Fact]
    public void Every_convolution_sum_pool_and_the_head_run_on_integers()
    {
        var (graph, report) = SmallNetwork.Calibrated(SmallNetwork.Build()).Encode(new Int8Options());

        var layers = LayerInspector.Inspect(graph.ToBytes(), "integers");

        Assert.Equal(["ReduceSum", "Sigmoid"], layers.Where(layer => !layer.IsInteger).Select(layer => layer.Operation));
        // stem, depthwise, project and expand in one, back, the windows' mean
        Assert.Equal(5, layers.Count(layer => layer.Operation == "QLinearConv"));
        Assert.Single(layers, layer => layer.Operation == "QLinearAdd");
        Assert.Single(layers, layer => layer.Operation == "QGemm");
        Assert.Equal("uint8", layers[0].Input);
        Assert.Equal(["logit/ReduceSum", "probability/Sigmoid"], report.Skipped.Select(skip => skip.Node));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_layer_that_is_kept_runs_in_float_with_its_own_weights(bool portable)
    {
        var encoder = SmallNetwork.Calibrated(SmallNetwork.Build());
        var (graph, report) = encoder.Encode(new Int8Options { PortableWeights = portable }, new HashSet<string> { "depthwise/Conv" });
        using var optimized = OnnxModel.Load(graph.ToBytes(), "optimised");
        using var plain = OnnxModel.Load(graph.ToBytes(), "as written", new OnnxModelOptions { Optimization = GraphOptimization.None });

        Assert.Contains(
            LayerInspector.Inspect(graph.ToBytes(), "kept"),
            layer => layer.Operation is "Conv" or "FusedConv" && layer.Weights == "float"
        );
        Assert.Contains(report.Skipped, skip => skip is { Node: "depthwise/Conv", Reason: SkipReason.KeptForAccuracy });
        foreach (var picture in SmallNetwork.Pictures(10))
        {
            // ONNX Runtime would round kept weights with one scale for all filters, were it given one scale for all channels.
            var (a, b) = (
                plain.Run<byte>(picture, SmallNetwork.Shape).Single().Values[0],
                optimized.Run<byte>(picture, SmallNetwork.Shape).Single().Values[0]
            );
            Assert.Equal(Math.Log(a / (1 - a)), Math.Log(b / (1 - b)), ReferenceTolerance);
        }
    }

    [Fact]
    public void Each_layer_can_be_kept()
    {
        var encoder = SmallNetwork.Calibrated(SmallNetwork.Build());

        foreach (var node in encoder.Prepared.Nodes.Select(node => node.Name).ToList())
        {
            var (graph, _) = encoder.Encode(new Int8Options(), new HashSet<string> { node });
            using var model = OnnxModel.Load(graph.ToBytes(), node);
            Assert.InRange(model.Run<byte>(SmallNetwork.Pictures(1)[0], SmallNetwork.Shape).Single().Values[0], 0, 1);
        }
    }

    [Fact]
    public void An_unknown_operation_stays_in_float_and_is_listed()
    {
        var graph = SmallNetwork.Build((builder, tensor) => builder.Node("HardSigmoid", "gate", [tensor]));
        var (encoded, report) = SmallNetwork.Calibrated(graph).Encode(new Int8Options());
        using var model = OnnxModel.Load(encoded.ToBytes(), "with a stranger");

        Assert.Contains(new SkippedNode("gate/HardSigmoid", "HardSigmoid", SkipReason.UnknownOperation), report.Skipped);
        var layers = LayerInspector.Inspect(encoded.ToBytes(), "with a stranger");
        Assert.Equal(
            ["HardSigmoid", "ReduceSum", "Sigmoid"],
            layers
                .Where(layer => !layer.IsInteger && layer.Operation is not ("QuantizeLinear" or "DequantizeLinear"))
                .Select(layer => layer.Operation)
        );
        Assert.InRange(model.Run<byte>(SmallNetwork.Pictures(1)[0], SmallNetwork.Shape).Single().Values[0], 0, 1);
    }

    [Fact]
    public void A_constant_activation_is_no_obstacle()
    {
        // Multiplied by zero and then shifted: always 0, a range of nothing.
        var graph = SmallNetwork.Build(
            (builder, tensor) =>
            {
                builder.Node(
                    "Conv",
                    "dead",
                    [
                        tensor,
                        builder.Constant(OnnxTensor.Of("dead/w", new float[64], 8, 8, 1, 1)),
                        builder.Constant(OnnxTensor.Of("dead/b", new float[8], 8)),
                    ]
                );
                return builder.Node("Add", "alive", [tensor, "dead"]);
            }
        );
        using var exact = OnnxModel.Load(graph.ToBytes(), "float");
        var (encoded, _) = SmallNetwork.Calibrated(graph).Encode(new Int8Options());
        using var model = OnnxModel.Load(encoded.ToBytes(), "integers");

        foreach (var picture in SmallNetwork.Pictures(5))
        {
            Assert.Equal(
                exact.Run<byte>(picture, SmallNetwork.Shape).Single().Values[0],
                model.Run<byte>(picture, SmallNetwork.Shape).Single().Values[0],
                0.1f
            );
        }
    }

    [Fact]
    public void A_quantized_model_is_refused_by_name()
    {
        var (graph, _) = SmallNetwork.Calibrated(SmallNetwork.Build()).Encode(new Int8Options());

        Assert.Matches(
            "^The model is quantized already: node '.+' is a (Dequantize|Quantize)Linear\\. Quantize the float model\\.$",
            Assert.Throws<QuantizationException>(() => new Int8Encoder(graph)).Message
        );
    }

    [Fact]
    public void An_activation_that_is_not_finite_is_named()
    {
        var graph = SmallNetwork.Build(
            (builder, tensor) =>
                builder.Node("Log", "logarithm", [builder.Node("Neg", "negative", [builder.Node("Abs", "positive", [tensor])])])
        );

        Assert.StartsWith(
            "Tensor 'logarithm' cannot be calibrated: ",
            Assert.Throws<QuantizationException>(() => SmallNetwork.Calibrated(graph)).Message
        );
    }

    [Fact]
    public void No_calibration_picture_is_an_error() =>
        Assert.Contains(
            "cannot be calibrated",
            Assert
                .Throws<QuantizationException>(() =>
                    new Int8Encoder(SmallNetwork.Build()).Calibrate([], SmallNetwork.Shape, new Int8Options())
                )
                .Message
        );

    [Fact]
    public void The_same_pictures_give_the_same_bytes()
    {
        var first = SmallNetwork.Calibrated(SmallNetwork.Build()).Encode(new Int8Options()).Graph.ToBytes();
        var second = SmallNetwork.Calibrated(SmallNetwork.Build()).Encode(new Int8Options()).Graph.ToBytes();

        Assert.Equal(first, second);
    }

    [Fact]
    public void The_ladder_corrects_equalizes_and_then_keeps_the_most_sensitive_layers()
    {
        var pictures = SmallNetwork.Pictures(24);
        var ladder = new RecoveryLadder(
            SmallNetwork.Build(),
            [.. pictures.Select(picture => (Func<byte[]>)(() => picture))],
            SmallNetwork.Shape,
            new Int8Options { BiasCorrection = false }
        );

        var rungs = ladder.Climb().ToList();

        Assert.Empty(rungs[0].Steps);
        Assert.Equal("biases corrected", string.Join("; ", rungs[1].Steps));
        Assert.Equal("biases corrected; ranges equalized across layers", string.Join("; ", rungs[2].Steps));
        Assert.StartsWith("left in float: ", rungs[3].Steps[^1]);
        Assert.Equal(
            [1, 2, 4],
            rungs.Skip(3).Take(3).Select(rung => rung.Report.Skipped.Count(skip => skip.Reason == SkipReason.KeptForAccuracy))
        );
        Assert.All(rungs, rung => Assert.True(double.IsFinite(rung.LogitError)));
    }

    [Fact]
    public void Noise_is_listed_the_worst_tensor_first_and_exact_ones_have_none()
    {
        var pictures = SmallNetwork.Pictures(24);
        var candidate = new RecoveryLadder(
            SmallNetwork.Build(),
            [.. pictures.Select(picture => (Func<byte[]>)(() => picture))],
            SmallNetwork.Shape,
            new Int8Options()
        )
            .Climb()
            .First();

        var noise = SignalToNoise.Measure(candidate.Prepared, candidate.Graph, pictures.Take(4), SmallNetwork.Shape);

        Assert.Contains(noise, tensor => tensor.Name == "depthwise/relu6");
        Assert.Equal(noise.OrderBy(tensor => tensor.Decibels), noise);
        Assert.All(noise, tensor => Assert.InRange(tensor.Decibels, 10, double.PositiveInfinity));
    }
}
