using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Tuning.Batches;
using MLNetPerson.Tuning.Networks;
using TorchSharp;

namespace MLNetPerson.Tuning.Tests.Networks;

/// <summary>Whole networks of other makers: ONNX Runtime is the reference before training and after it.</summary>
public sealed class WholeGraphTests
{
    private const int Seed = 17;
    private const int Pictures = 8;

    /// <summary>As the gate of every tuning.</summary>
    private const float Parity = 1e-4f;

    public static TheoryData<string> Networks => ["ResNet-18", "MobileNetV3", "EfficientNet-lite"];

    public static TheoryData<string, bool> NetworksAndModes =>
        new()
        {
            { "ResNet-18", false },
            { "ResNet-18", true },
            { "MobileNetV3", false },
            { "MobileNetV3", true },
            { "EfficientNet-lite", false },
        };

    [SkippableTheory, MemberData(nameof(Networks))]
    public void Torch_says_what_ONNX_Runtime_says_and_stores_the_same_bytes(string name)
    {
        Torch.Need();
        var graph = StrangersGraphs.Of(name, Seed);
        var pixels = Noise(Seed + 1);
        using var network = new TorchNetwork(graph, name);
        using var scope = torch.NewDisposeScope();

        var actual = network.Forward(ToTensor(pixels), NetworkMode.Predict).data<float>().ToArray();

        FloatAssert.Close(OnnxLogits(graph, pixels), actual, Parity);
        Assert.True(actual.Distinct().Count() == Pictures, "pictures that differ have the same answer");
        Assert.Equal(graph.ToBytes(), network.Store().ToBytes());
    }

    [SkippableTheory, MemberData(nameof(NetworksAndModes))]
    public void Training_lowers_the_loss_and_parity_holds_afterwards(string name, bool trainNormalization)
    {
        Torch.Need();
        using var engine = Engine(name, trainNormalization);
        var before = engine.Main.Store();
        var batch = RandomBatch();

        double[] losses = [.. Enumerable.Range(1, 25).Select(step => engine.Step(batch, 3e-3, step))];

        Assert.True(losses[^1] < 0.7 * losses[0], $"seed {Seed}: {string.Join(" ", losses.Select(loss => $"{loss:0.000}"))}");
        var after = engine.Main.Store();
        FloatAssert.Close(OnnxLogits(after, batch.Pixels), engine.Logits(batch.Pixels, Pictures, StrangersGraphs.Spec), Parity);
        Assert.Equal(before.Nodes.Select(node => node.Name), after.Nodes.Select(node => node.Name));
        foreach (var node in before.Nodes.Where(node => node.OpType == "BatchNormalization"))
        {
            // Its scale is trained; its mean is a statistic.
            Assert.NotEqual(before.Initializer(node.Input[1])!.Floats(), after.Initializer(node.Input[1])!.Floats());
            Assert.Equal(
                !trainNormalization,
                before.Initializer(node.Input[3])!.Floats().SequenceEqual(after.Initializer(node.Input[3])!.Floats())
            );
        }
    }

    [SkippableTheory, MemberData(nameof(Networks))]
    public void The_gradient_is_the_slope_of_the_loss_that_ONNX_Runtime_computes(string name)
    {
        Torch.Need();
        using var engine = Engine(name, trainNormalization: false);
        var batch = RandomBatch();
        engine.Step(batch, 0, 1); // a rate of 0 leaves the weights and gives the gradient
        var square = engine.Trained.Sum(pair => pair.State.Gradient.Sum(value => (double)value * value));
        var step = 0.01 / square; // a change of the loss of about 0.02: far above rounding, and still straight

        var slope = (LossAt(step) - LossAt(-step)) / (2 * step);

        Assert.Equal(1, slope / square, 0.05);

        double LossAt(double along)
        {
            Move(along);
            var loss = Loss(OnnxLogits(engine.Main.Store(), batch.Pixels), batch.Targets);
            Move(-along);
            return loss;
        }

        void Move(double along)
        {
            foreach (var (tensor, state) in engine.Trained)
            {
                for (var i = 0; i < state.Gradient.Length; i++)
                {
                    tensor.Values[i] += (float)(along * state.Gradient[i]);
                }
            }
        }
    }

    [SkippableTheory, MemberData(nameof(Networks))]
    public void Steps_and_judgements_leave_no_tensor_behind(string name)
    {
        Torch.Need();
        using var engine = Engine(name, trainNormalization: false);
        var batch = RandomBatch();
        engine.Step(batch, 1e-3, 1); // the first one makes what stays
        engine.Logits(batch.Pixels, Pictures, StrangersGraphs.Spec);
        var before = Alive();

        for (var step = 2; step < 12; step++)
        {
            engine.Step(batch, 1e-3, step);
            engine.Logits(batch.Pixels, Pictures, StrangersGraphs.Spec);
        }

        Assert.Equal(before, Alive());

        static long Alive() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
    }

    private static TrainingEngine Engine(string name, bool trainNormalization) =>
        new(
            _ => StrangersGraphs.Of(name, Seed),
            StrangersGraphs.Spec,
            new TuningOptions
            {
                FrozenLayers = 0,
                ClipNorm = 1e9,
                Threads = 2,
                WeightDecay = 0,
                TrainNormalization = trainNormalization,
            },
            name
        );

    private static Batch RandomBatch() =>
        new(
            Noise(Seed + 2),
            StrangersGraphs.Spec.Height,
            StrangersGraphs.Spec.Width,
            [.. Enumerable.Range(0, Pictures).Select(i => i % 2 == 0 ? 1f : 0)],
            [.. Enumerable.Repeat(1f, Pictures)],
            [.. Enumerable.Range(0, Pictures)]
        );

    private static double Loss(float[] logits, float[] targets) =>
        logits.Zip(targets, (logit, target) => Math.Max(logit, 0) - (target * logit) + Math.Log(1 + Math.Exp(-Math.Abs(logit)))).Average();

    private static float[] OnnxLogits(OnnxGraph graph, byte[] pixels)
    {
        using var model = OnnxModel.Load(
            graph.ToBytes(),
            "a stranger's network",
            new OnnxModelOptions { Optimization = GraphOptimization.None }
        );
        return model.Run<byte>(pixels, [Pictures, StrangersGraphs.Spec.Height, StrangersGraphs.Spec.Width, 3])[0].Values;
    }

    private static torch.Tensor ToTensor(byte[] pixels) =>
        torch.tensor(pixels, [Pictures, StrangersGraphs.Spec.Height, StrangersGraphs.Spec.Width, 3], torch.ScalarType.Byte);

    private static byte[] Noise(int seed)
    {
        var pixels = new byte[Pictures * StrangersGraphs.Spec.ByteCount];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }
}
