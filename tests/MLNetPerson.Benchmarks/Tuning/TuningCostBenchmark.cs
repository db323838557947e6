using System.Diagnostics;
using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Tuning;
using MLNetPerson.Tuning.Batches;
using MLNetPerson.Tuning.Natives;
using TorchSharp;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Benchmarks.Tuning;

/// <summary>
/// What a step of tuning costs: memory over 10,000 steps, the share that pictures take, and the pace beside PyTorch's on the same
/// network. <c>tuning-cost [python=/usr/bin/python3]</c>; the comparison needs a Python with torch and is left out without one.
/// <c>tuning-cost script=FILE</c> writes PyTorch's side out and measures nothing.
/// </summary>
internal static class TuningCostBenchmark
{
    private const int Batch = 32;
    private const int Side = 224;
    private const int Frozen = 12;
    private const int Warm = 2;
    private const int Steps = 8;
    private const int Rounds = 3;
    private const int ManySteps = 10_000;

    public static void Run(string[] arguments)
    {
        var package = ModelPackage.Open(Path.Combine(BenchmarkData.Root, "models", "person"));
        if (arguments.FirstOrDefault(argument => argument.StartsWith("script=", StringComparison.Ordinal)) is { } script)
        {
            File.WriteAllText(script[7..], EagerPeer.Script(TuningData.Logits(package)));
            return;
        }

        TorchRuntime.StartAsync().GetAwaiter().GetResult();
        var rows = new ResultRows();
        var python = arguments.FirstOrDefault(argument => argument.StartsWith("python=", StringComparison.Ordinal))?[7..];
        Flat(rows);
        using (var engine = Engine(package))
        {
            Pictures(rows, engine);
            if (python is null)
            {
                Console.WriteLine("No python=PATH was given, so PyTorch was not compared with.");
            }
            else
            {
                Compare(rows, engine, package, python);
            }
        }

        rows.Write("tuning-cost.csv");
    }

    private static TrainingEngine Engine(ModelPackage package) =>
        new(
            _ => TuningData.Logits(package),
            new ImageSpec(Side, Side),
            new TuningOptions { FrozenLayers = Frozen, Threads = Environment.ProcessorCount },
            "person"
        );

    /// <summary>The whole loop (decoding, variation, steps, judgement, checkpoints) on a network of two convolutions.</summary>
    private static void Flat(ResultRows rows)
    {
        const int Pictures = 64;
        const int Small = 8;
        var folder = Directory.CreateTempSubdirectory("mlnetperson-steps-").FullName;
        try
        {
            for (var i = 0; i < Pictures; i++)
            {
                var kind = Directory.CreateDirectory(Path.Combine(folder, i % 2 == 0 ? "person" : "none")).FullName;
                File.WriteAllBytes(
                    Path.Combine(kind, $"{i:00}.png"),
                    ImageWriter.EncodePng(Training.Export.GoldenPictures.Draw(new ImageSpec(48, 40), 100 + i, i % 2 == 0 ? 2 : 0))
                );
            }

            var samples = DatasetReader.Read(folder).Samples.Select(sample => TrainingPicture.Of(sample)).ToList();
            List<TrainingPicture> learned = [.. samples.Where((_, i) => i % 8 != 0)];
            using var tuner = new Tuner(
                new TuningOptions
                {
                    Epochs = ManySteps / (learned.Count / Small) + 1,
                    BatchSize = Small,
                    FrozenLayers = 0,
                    Patience = 1000,
                    CheckpointMinutes = 0.1,
                },
                new TunerInput
                {
                    Name = "two convolutions",
                    Graphs = TwoConvolutions,
                    Spec = new ImageSpec(32, 32),
                    Training = [.. learned],
                    HeldOut = [.. samples.Where((_, i) => i % 8 == 0)],
                    Checkpoint = Path.Combine(folder, "run.checkpoint"),
                }
            );
            var memory = new SortedDictionary<long, double>();
            var tensors = new SortedDictionary<long, long>();
            tuner.Run(
                new Every(at =>
                {
                    if (at.Step is ManySteps / 10 or ManySteps / 2 or ManySteps)
                    {
                        memory[at.Step] = Resident();
                        tensors[at.Step] = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
                    }
                })
            );
            foreach (var (step, megabytes) in memory)
            {
                rows.Add(
                    $"resident memory after {step.ToString("N0", CultureInfo.InvariantCulture)} steps of a small network",
                    megabytes,
                    "MB",
                    step == ManySteps ? "flat" : ""
                );
            }

            rows.Add("tensors alive after 10,000 steps less those after 1,000", tensors[ManySteps] - tensors[ManySteps / 10], "", "0");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Pictures(ResultRows rows, TrainingEngine engine)
    {
        var pictures = BenchmarkData.Pool().Only("train").Samples.Take(Batch * (Warm + Steps)).Select(sample => TrainingPicture.Of(sample));
        var source = new BatchSource([.. pictures], new BatchOptions { Size = Batch });
        var spec = new ImageSpec(Side, Side);
        var order = Enumerable.Range(0, Batch * (Warm + Steps)).ToArray();
        source.Make(order, 0, 0, spec);
        var making = Median(Enumerable.Range(1, Steps).Select(index => Seconds(() => source.Make(order, 0, index, spec))));

        var (step, waited) = (0L, TimeSpan.Zero);
        double stepping = 0;
        foreach (var batch in source.Epoch(0, 0, spec, default))
        {
            if (++step == Warm)
            {
                waited = source.Waited;
            }

            var seconds = Seconds(() => engine.Step(batch, 1e-5, step));
            stepping += step > Warm ? seconds : 0;
        }

        var wait = (source.Waited - waited).TotalSeconds;
        var what = $"batch {Batch}, {Side} x {Side}, first {Frozen} layers frozen";
        rows.Add($"a step: {what}", 1000 * stepping / Steps, "ms");
        rows.Add("making its batch (decode, vary, resample), one thread", 1000 * making, "ms");
        rows.Add("share of the time that the network waits for pictures", 100 * wait / (wait + stepping), "%", "at most 10");
        rows.Add($"resident memory: {what}", Resident(), "MB", "under 3000");
    }

    private static void Compare(ResultRows rows, TrainingEngine engine, ModelPackage package, string python)
    {
        var random = new Random(17);
        var pixels = new byte[Batch * Side * Side * 3];
        random.NextBytes(pixels);
        var batch = new Batch(
            pixels,
            Side,
            Side,
            [.. Enumerable.Range(0, Batch).Select(i => i % 2f)],
            [.. Enumerable.Repeat(1f, Batch)],
            [.. Enumerable.Range(0, Batch)]
        );
        var script = Path.Combine(Path.GetTempPath(), $"eager-{Environment.ProcessId}.py");
        File.WriteAllText(script, EagerPeer.Script(TuningData.Logits(package)));
        try
        {
            var (ours, last, plain) = (new List<Pace>(), new List<Pace>(), new List<Pace>());
            for (var round = 0; round < Rounds; round++)
            {
                for (var step = 0; step < Warm; step++)
                {
                    engine.Step(batch, 1e-5, step + 1);
                }

                ours.AddRange(Enumerable.Range(1, Steps).Select(step => Timed(() => engine.Step(batch, 1e-5, step))));
                last.Add(Eager("channels_last"));
                plain.Add(Eager("contiguous"));
            }

            foreach (
                var (who, paces) in new[]
                {
                    ("ours", ours),
                    ("PyTorch 1.13 eager (Debian's), channels last", last),
                    ("PyTorch 1.13 eager (Debian's), contiguous", plain),
                }
            )
            {
                rows.Add($"{who}: same network, batch and threads, in turns, medians", batch.Count / Seconds(paces), "pictures/s");
                rows.Add($"{who}: processor time of a picture", 1000 * Busy(paces) / batch.Count, "ms");
            }

            rows.Add(
                "pictures a second, of the better of PyTorch's",
                Math.Min(Seconds(last), Seconds(plain)) / Seconds(ours),
                "ratio",
                "at least 1.2"
            );
            rows.Add(
                "the same by processor time, which others on the machine disturb less",
                Math.Min(Busy(last), Busy(plain)) / Busy(ours),
                "ratio"
            );
        }
        finally
        {
            File.Delete(script);
        }

        static double Seconds(List<Pace> paces) => Median(paces.Select(pace => pace.Seconds));

        static double Busy(List<Pace> paces) => Median(paces.Select(pace => pace.Busy));

        Pace Eager(string layout)
        {
            var (trained, seconds, busy) = EagerPeer.Run(
                python,
                script,
                [.. new[] { batch.Count, Side, Environment.ProcessorCount, Frozen, Warm, Steps }.Select(number => $"{number}"), layout]
            );
            return trained == engine.TrainedValues
                ? new Pace(seconds, busy)
                : throw new InvalidOperationException($"The script trains {trained} numbers, ours {engine.TrainedValues}.");
        }
    }

    private static Pace Timed(Action action)
    {
        var (from, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        action();
        return new Pace(Stopwatch.GetElapsedTime(from).TotalSeconds, (Environment.CpuUsage.TotalTime - busy).TotalSeconds);
    }

    private static OnnxGraph TwoConvolutions(ImageSpec spec)
    {
        var random = new Random(7);
        float[] Noise(int count, double size) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * size))];
        var builder = new GraphBuilder("small");
        builder.Input("image", DataType.Uint8, -1, spec.Height, spec.Width, 3);
        builder.Node("Transpose", "planes", ["image"], OnnxNode.Attribute("perm", 0, 3, 1, 2));
        builder.Node("Cast", "floats", ["planes"], OnnxNode.Attribute("to", (long)DataType.Float));
        builder.Node("Mul", "x0", ["floats", builder.Constant(OnnxTensor.Of("scale", [1 / 128f], 1))]);
        foreach (var (layer, from, to) in new[] { (1, 3, 8), (2, 8, 16) })
        {
            builder.Node(
                "Conv",
                $"conv{layer}",
                [
                    $"x{layer - 1}",
                    builder.Constant(OnnxTensor.Of($"w{layer}", Noise(to * from * 9, 0.5), to, from, 3, 3)),
                    builder.Constant(OnnxTensor.Of($"b{layer}", Noise(to, 0.5), to)),
                ],
                OnnxNode.Attribute("kernel_shape", 3, 3),
                OnnxNode.Attribute("strides", 2, 2),
                OnnxNode.Attribute("pads", 1, 1, 1, 1)
            );
            builder.Node("Relu", $"x{layer}", [$"conv{layer}"]);
        }

        builder.Node("GlobalAveragePool", "pooled", ["x2"]);
        builder.Node("Flatten", "features", ["pooled"], OnnxNode.Attribute("axis", 1L));
        builder.Node(
            "Gemm",
            "logit",
            ["features", builder.Constant(OnnxTensor.Of("head", Noise(16, 0.5), 16, 1)), builder.Constant(OnnxTensor.Of("bias", [0f], 1))]
        );
        builder.Output("logit", DataType.Float, -1, 1);
        return builder.Graph;
    }

    private static double Seconds(Action action)
    {
        var from = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(from).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static double Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }

    /// <summary>Of a step, in seconds by the clock and by the processor.</summary>
    private readonly record struct Pace(double Seconds, double Busy);

    private sealed class Every(Action<TuningProgress> action) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value) => action(value);
    }
}
