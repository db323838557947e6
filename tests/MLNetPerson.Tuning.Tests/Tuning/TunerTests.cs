using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Tuning.Batches;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Tuning.Tests.Tuning;

/// <summary>The whole loop on a network of three layers and drawn pictures.</summary>
public sealed class TunerTests
{
    internal static readonly ImageSpec Spec = new(32, 32);

    internal static readonly TuningOptions Options = new()
    {
        Epochs = 4,
        BatchSize = 10,
        Rate = 1e-2,
        FrozenLayers = 0,
        Patience = 100,
        Threads = 2,
        Average = 0.8,
        Augmentation = AugmentationOptions.None,
        CheckpointMinutes = 1e-6,
    };

    [SkippableFact]
    public void Tuning_lowers_the_loss_on_pictures_that_it_never_learned_from_and_stores_what_it_judged()
    {
        Torch.Need();
        using var world = new BrightSquares(80);
        var options = Options with { Epochs = 12 };
        using var tuner = new Tuner(options, Input(world));

        var result = tuner.Run();

        Assert.Equal(13, result.Epochs.Length);
        Assert.True(result.Epochs.Min(epoch => epoch.Loss) < 0.9 * result.Epochs[0].Loss, string.Join("\n", result.Epochs));
        Assert.Equal(result.Epochs.MinBy(epoch => epoch.Loss)!.Epoch, result.Best);
        Assert.InRange(NetworkParity.Check(result.Graph, tuner.Logits, world.Dataset.Samples, Spec, "after"), 0, NetworkParity.Tolerance);

        // The stored network is the one that was judged best.
        using var model = OnnxModel.Load(result.Graph.ToBytes(), "tuned");
        var losses = Input(world)
            .HeldOut.Select(picture =>
            {
                var pixels = new byte[Spec.ByteCount];
                new ImageReader().ReadResized(File.ReadAllBytes(picture.Sample.Path), Spec, pixels);
                var logit = new float[1];
                model.Run<byte>(pixels, [1, 32, 32, 3], logit);
                return Math.Log(1 + Math.Exp(picture.Sample.IsPerson ? -logit[0] : logit[0]));
            });
        Assert.Equal(result.Epochs.Min(epoch => epoch.Loss), losses.Average(), 1e-3);
    }

    [SkippableFact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_does_not()
    {
        Torch.Need();
        using var world = new BrightSquares(40);

        var (first, again, other) = (Run(world, Options), Run(world, Options), Run(world, Options with { Seed = 18 }));

        Assert.Equal(first.Graph.ToBytes(), again.Graph.ToBytes());
        Assert.NotEqual(first.Graph.ToBytes(), other.Graph.ToBytes());
    }

    [SkippableFact]
    public void Killed_at_any_step_it_goes_on_from_the_checkpoint_to_the_same_bytes()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        var expected = Run(world, Options).Graph.ToBytes();
        using var kill = new CancellationTokenSource();
        var input = Input(world) with { Checkpoint = world["run.checkpoint"] };
        var steps = 0;
        using (var killed = new Tuner(Options, input))
        {
            Assert.ThrowsAny<OperationCanceledException>(() =>
                killed.Run(
                    new Relay<TuningProgress>(_ =>
                    {
                        if (++steps == 6)
                        {
                            kill.Cancel();
                        }
                    }),
                    cancellation: kill.Token
                )
            );
        }

        using var resumed = new Tuner(Options, input);
        var result = resumed.Run();

        Assert.Contains(result.Notes, note => note.StartsWith("went on from step ", StringComparison.Ordinal));
        Assert.Equal(expected, result.Graph.ToBytes());
    }

    [SkippableFact]
    public void Stopping_keeps_the_best_so_far()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        using var stop = new CancellationTokenSource();
        using var tuner = new Tuner(Options, Input(world));

        var result = tuner.Run(
            new Relay<TuningProgress>(at =>
            {
                if (at.Step == 5)
                {
                    stop.Cancel();
                }
            }),
            stop.Token
        );

        Assert.Equal("stopped at step 5 of 12", result.Stopped);
        Assert.Equal(result.Epochs.MinBy(epoch => epoch.Loss)!.Epoch, result.Best);
    }

    [SkippableFact]
    public void A_loss_that_is_not_finite_goes_back_halves_the_rate_and_the_second_time_gives_up()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        using var tuner = new Tuner(
            Options with
            {
                Rate = 10,
                Optimizer = OptimizerKind.Sgd,
                ClipNorm = 1e9,
                WarmUp = 0,
                Momentum = 0.99,
                Epochs = 40,
            },
            Input(world, scale: 1e18f)
        );

        var error = Assert.Throws<TuningException>(() => tuner.Run());

        Assert.Matches(
            "^The loss was (NaN|∞|Infinity) at step [0-9]+, for the second time; the rate had been halved after the first. Lower 'rate' "
                + "\\(it is 10\\), or look for damaged pictures",
            error.Message
        );
    }

    [SkippableFact]
    public void A_full_disk_costs_a_checkpoint_and_not_the_run()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        world.Write("file", "no folder");
        using var tuner = new Tuner(Options with { Epochs = 1 }, Input(world) with { Checkpoint = world["file/run.checkpoint"] });

        var result = tuner.Run();

        Assert.Contains(
            result.Notes,
            note =>
                note.Contains("could not be written", StringComparison.Ordinal)
                && note.EndsWith("the run went on without it", StringComparison.Ordinal)
        );
        Assert.Equal(2, result.Epochs.Length);
    }

    [SkippableFact]
    public void Freezing_everything_is_refused_with_the_number_of_layers()
    {
        Torch.Need();
        using var world = new BrightSquares(8);

        Assert.Equal(
            "'frozenLayers' is 3, and network 'tiny' has 3 weighted layers: nothing is left to tune. Freeze fewer.",
            Assert.Throws<TuningException>(() => new Tuner(Options with { FrozenLayers = 3 }, Input(world))).Message
        );
    }

    [SkippableFact]
    public void Frozen_layers_keep_their_bytes()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        var before = Input(world).Graphs(Spec);

        var after = Run(world, Options with { FrozenLayers = 1, Rate = 0.1, Average = 0 }).Graph;

        Assert.Equal(before.Initializer("w1")!.RawData, after.Initializer("w1")!.RawData);
        Assert.NotEqual(before.Initializer("w2")!.RawData, after.Initializer("w2")!.RawData);
    }

    [SkippableFact]
    public void Sizes_share_their_weights()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        var result = Run(world, Options with { Sizes = [48], Epochs = 2 });

        Assert.Equal([32, 48, 32], result.Epochs.Select(epoch => epoch.Side));
    }

    [SkippableFact]
    public void The_rate_test_ends_where_the_loss_grows_and_suggests_a_tenth_of_the_best()
    {
        Torch.Need();
        using var world = new BrightSquares(40);
        var input = Input(world);
        using var engine = new TrainingEngine(input.Graphs, Spec, Options, "tiny");
        var batches = new BatchSource(input.Training, new BatchOptions { Size = 10, Augmentation = AugmentationOptions.None });

        var (suggested, trials) = LearningRateTest.Run(
            engine,
            Enumerable.Range(0, 30).SelectMany(epoch => batches.Epoch(epoch, 0, Spec, default)),
            1e-5,
            100,
            60
        );

        Assert.InRange(suggested, 1e-6, 1);
        Assert.True(trials.Length < 60, "a rate of 100 did no harm");
        Assert.Equal(trials.MinBy(trial => trial.Loss).Rate / 10, suggested, 1e-12);
    }

    /// <summary>Noise for nobody, noise with a bright square for a person: a task that three layers learn in seconds.</summary>
    internal sealed class BrightSquares : IDisposable
    {
        private readonly TempFolder _folder = new();

        public BrightSquares(int pictures)
        {
            const int Seed = 17;
            var random = new Random(Seed);
            for (var i = 0; i < pictures; i++)
            {
                var pixels = new byte[32 * 32 * 3];
                for (var p = 0; p < pixels.Length; p++)
                {
                    pixels[p] = (byte)random.Next(140);
                }

                var (person, left, top) = (i % 2 == 0, random.Next(20), random.Next(20));
                for (var y = top; person && y < top + 12; y++)
                {
                    pixels.AsSpan(((y * 32) + left) * 3, 36).Fill(230);
                }

                _folder.Write($"pictures/{(person ? "person" : "none")}/{i:000}.png", ImageWriter.EncodePng(new RgbImage(32, 32, pixels)));
            }
        }

        public Dataset Dataset => DatasetReader.Read(_folder["pictures"]);

        public string this[string name] => _folder[name];

        public void Write(string name, string text) => _folder.Write(name, text);

        public void Dispose() => _folder.Dispose();
    }

    private static TunerResult Run(BrightSquares world, TuningOptions options)
    {
        using var tuner = new Tuner(options, Input(world));
        return tuner.Run();
    }

    /// <summary>Every fourth picture is held out.</summary>
    internal static TunerInput Input(BrightSquares world, float scale = 1)
    {
        var pictures = world.Dataset.Samples.Select(sample => TrainingPicture.Of(sample)).ToList();
        return new TunerInput
        {
            Name = "tiny",
            Graphs = spec => Graph(spec, scale),
            Spec = Spec,
            Training = [.. pictures.Where((_, i) => i % 4 != 3)],
            HeldOut = [.. pictures.Where((_, i) => i % 4 == 3)],
        };
    }

    private static OnnxGraph Graph(ImageSpec spec, float scale)
    {
        var random = new Random(7);
        float[] Noise(int count, double size) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * size))];
        var builder = new GraphBuilder("tiny");
        builder.Input("image", DataType.Uint8, -1, spec.Height, spec.Width, 3);
        builder.Node("Transpose", "planes", ["image"], OnnxNode.Attribute("perm", 0, 3, 1, 2));
        builder.Node("Cast", "floats", ["planes"], OnnxNode.Attribute("to", (long)DataType.Float));
        builder.Node("Mul", "pixels", ["floats", builder.Constant(OnnxTensor.Of("scale", [scale / 128f], 1))]);
        builder.Node(
            "Conv",
            "conv1",
            [
                "pixels",
                builder.Constant(OnnxTensor.Of("w1", Noise(8 * 27, 1), 8, 3, 3, 3)),
                builder.Constant(OnnxTensor.Of("b1", Noise(8, 1), 8)),
            ],
            OnnxNode.Attribute("kernel_shape", 3, 3),
            OnnxNode.Attribute("strides", 2, 2),
            OnnxNode.Attribute("pads", 0, 0, 1, 1)
        );
        builder.Node("Relu", "shallow", ["conv1"]);
        builder.Node(
            "Conv",
            "conv2",
            [
                "shallow",
                builder.Constant(OnnxTensor.Of("w2", Noise(16 * 72, 0.5), 16, 8, 3, 3)),
                builder.Constant(OnnxTensor.Of("b2", Noise(16, 1), 16)),
            ],
            OnnxNode.Attribute("kernel_shape", 3, 3),
            OnnxNode.Attribute("strides", 2, 2),
            OnnxNode.Attribute("pads", 0, 0, 1, 1)
        );
        builder.Node("Relu", "deep", ["conv2"]);
        builder.Node("GlobalAveragePool", "pooled", ["deep"]);
        builder.Node("Flatten", "features", ["pooled"], OnnxNode.Attribute("axis", 1L));
        builder.Node(
            "Gemm",
            "logit",
            ["features", builder.Constant(OnnxTensor.Of("head", Noise(16, 0.5), 16, 1)), builder.Constant(OnnxTensor.Of("bias", [0f], 1))]
        );
        builder.Output("logit", DataType.Float, -1, 1);
        return builder.Graph;
    }
}
