using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Tuning.Networks;
using TorchSharp;

namespace MLNetPerson.Tuning.Tests.Tuning;

/// <summary>The quantizer's own graph, trained through its rounding.</summary>
public sealed class QuantizationAwareTrainingTests
{
    /// <summary>Half an integer of a logit of some 0.05 a step: a sum in another order may round to the neighbour.</summary>
    private const float OneStep = 0.05f;

    [SkippableFact]
    public void Torch_computes_the_integer_graph_as_ONNX_Runtime_does()
    {
        Torch.Need();
        using var world = new TinyWorld();
        world.Retrain();
        var graph = Integers(world, graph => graph).Plain;
        using var model = OnnxModel.Load(graph.ToBytes(), "integers", new OnnxModelOptions { Optimization = GraphOptimization.None });
        using var network = new TorchNetwork(graph, "integers");
        foreach (var sample in world.Dataset.Samples)
        {
            var pixels = new byte[world.Recipe.Input.ByteCount];
            new ImageReader().ReadResized(File.ReadAllBytes(sample.Path), world.Recipe.Input, pixels);
            var expected = new float[1];
            model.Run<byte>(pixels, [1, TinyWorld.Side, TinyWorld.Side, 3], expected);
            using var scope = torch.NewDisposeScope();
            var actual = network
                .Forward(torch.tensor(pixels, [1, TinyWorld.Side, TinyWorld.Side, 3], torch.ScalarType.Byte), NetworkMode.Predict)
                .item<float>();

            Assert.Equal(expected[0], actual, OneStep);
        }

        Assert.Equal(graph.ToBytes(), network.Store().ToBytes());
    }

    [SkippableFact]
    public void The_last_rung_gives_the_same_graph_with_other_integers()
    {
        Torch.Need();
        using var world = new TinyWorld(80);
        world.Retrain();
        var options = QuantizationAwareTraining.Recovering(
            new QuantizeOptions(),
            ModelPackage.Open(world.PackagePath),
            world.Dataset,
            tuning: QuantizationAwareTraining.Defaults with
            {
                Rate = 1e-2,
                Threads = 2,
                Epochs = 3,
                Average = 0,
            }
        );

        var (plain, candidate) = Integers(world, graph => options.LastRung!(graph, default));

        Assert.Equal(["biases corrected", "quantization-aware training"], candidate.Steps.ToArray());
        Assert.Contains(candidate.Graph.Nodes, node => node.OpType == "QuantizeLinear");
        using var model = OnnxModel.Load(candidate.Graph.ToBytes(), "trained");
        Assert.Equal(plain.Nodes.Count, Integers(world, graph => graph).Plain.Nodes.Count);
    }

    [SkippableTheory, InlineData(false), InlineData(true)]
    public void Where_calibration_is_good_enough_integers_are_trained_only_when_always_is_asked_for(bool always)
    {
        Torch.Need();
        using var world = new TinyWorld(80);
        world.Retrain();
        var trainings = 0;
        var package = ModelPackage.Open(world.PackagePath);
        var options = QuantizationAwareTraining.Recovering(
            new QuantizeOptions { Encodings = [PackageEncoding.Int8Portable], MaxDrop = 100 },
            package,
            world.Dataset,
            new Relay<QuantizeProgress>(step => trainings += step.Step == "quantization-aware training: starting libtorch" ? 1 : 0),
            QuantizationAwareTraining.Defaults with
            {
                Epochs = 1,
                Threads = 2,
            },
            always
        );

        var result = PackageQuantizer.Quantize(package, world.Dataset, null, options);

        Assert.Equal(always ? 1 : 0, trainings);
        var steps = Assert.Single(result.Written).Recovery;
        Assert.Equal(always ? ["biases corrected", "quantization-aware training"] : (string[])["biases corrected"], steps.ToArray());
        Assert.All(
            GoldenCheck.Run(
                ModelPackage.Open(world.PackagePath),
                ModelPackage.Open(world.PackagePath).Encoding(PackageEncoding.Int8Portable)
            ),
            golden => Assert.True(golden.IsRight, golden.ToString())
        );
    }

    /// <summary>The graph as training sees it, and what becomes of it.</summary>
    private static (OnnxGraph Plain, Int8Candidate Candidate) Integers(TinyWorld world, Func<OnnxGraph, OnnxGraph> train)
    {
        var source = OnnxGraph.Parse(File.ReadAllBytes(Path.Combine(world.PackagePath, "model.onnx")), "model");
        var pictures = world
            .Dataset.Samples.Select(sample =>
                (Func<byte[]>)(
                    () =>
                    {
                        var pixels = new byte[world.Recipe.Input.ByteCount];
                        new ImageReader().ReadResized(File.ReadAllBytes(sample.Path), world.Recipe.Input, pixels);
                        return pixels;
                    }
                )
            )
            .ToList();
        OnnxGraph? plain = null;
        var ladder = new RecoveryLadder(source, pictures, [1, TinyWorld.Side, TinyWorld.Side, 3], new Int8Options());
        var candidate = ladder.Trained(graph => train(plain = graph), portable: false, default);
        return (plain!, candidate);
    }
}
