using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;
using MLNetPerson.Tuning;

namespace MLNetPerson.Benchmarks.Tuning;

/// <summary>
/// Integers of a tuned package before and after quantization-aware training, against float on both dev sets:
/// <c>tuning-qat PACKAGE [pictures=2500] [epochs=2] [rate=1e-5]</c>. Rows are added to models/results/tuning-qat.csv.
/// </summary>
internal static class RecoveryBenchmark
{
    private const string Header =
        "package,method,pictures,epochs,rate,set,samples,accuracy,auc,floatAccuracy,floatAuc,points,lost,gained,p,bytes,minutes,machine";

    public static void Run(string[] arguments)
    {
        var package = ModelPackage.Open(arguments[0]);
        double Number(string name, double otherwise) =>
            arguments.FirstOrDefault(argument => argument.StartsWith(name + "=", StringComparison.Ordinal)) is { } given
                ? double.Parse(given[(name.Length + 1)..], CultureInfo.InvariantCulture)
                : otherwise;
        var tuning = QuantizationAwareTraining.Defaults with { Epochs = (int)Number("epochs", 2), Rate = Number("rate", 1e-5) };
        var data = new TuningData();
        var order = data.Training.Samples.OrderBy(sample => HashSplit.Position(sample, 5)).ToList();
        var part = data.Training with { Samples = [.. order.Take((int)Number("pictures", 2500))] };
        var spec = package.Manifest.Input.ToSpec();
        var proof = new PictureProof(spec, new ImageLimits());
        long[] shape = [1, spec.Height, spec.Width, 3];
        var floats = package.ReadBytes(package.Encoding(PackageEncoding.Float32).File);
        var options = new QuantizeOptions();
        var calibration = CalibrationChoice.Of(data.Training, options.Calibration, options.Seed, leaveHalf: false).Calibration;
        var ladder = new RecoveryLadder(
            OnnxGraph.Parse(floats, "float32"),
            [.. calibration.Select(sample => (Func<byte[]>)(() => proof.Pixels(sample)!))],
            shape,
            options.ToInt8()
        );
        var last = 0L;
        var train = QuantizationAwareTraining
            .Recovering(
                options,
                package,
                part,
                new Every(step =>
                {
                    if (System.Diagnostics.Stopwatch.GetElapsedTime(last).TotalSeconds > 20)
                    {
                        last = System.Diagnostics.Stopwatch.GetTimestamp();
                        Console.WriteLine(step.Step);
                    }
                }),
                tuning
            )
            .LastRung!;
        var text = new StringBuilder();
        Add("biases corrected", 0, 0, 0, () => ladder.Climb().First());
        Add(
            "quantization-aware training",
            part.Samples.Length,
            tuning.Epochs,
            tuning.Rate,
            () => ladder.Trained(graph => train(graph, default), portable: false, default)
        );
        var file = BenchmarkData.Results("tuning-qat.csv");
        AtomicFile.WriteText(file, (File.Exists(file) ? File.ReadAllText(file) : Header + "\n") + text);

        void Add(string method, int pictures, int epochs, double rate, Func<Int8Candidate> make)
        {
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            var model = make().Graph.ToBytes();
            var minutes = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMinutes;
            foreach (var (name, set) in new[] { ("voc2007 dev", data.Voc.Only("dev")), ("pool dev", data.Pool.Only("dev")) })
            {
                var (exact, given) = (
                    proof.Probabilities(floats, set.Samples, null, default),
                    proof.Probabilities(model, set.Samples, null, default)
                );
                bool[] labels = [.. set.Samples.Select(sample => sample.IsPerson)];
                var threshold = package.Manifest.Threshold;
                var (ours, theirs) = (Evaluator.Evaluate(given, labels, threshold), Evaluator.Evaluate(exact, labels, threshold));
                var both = PairedComparison.Of(exact, given, labels, threshold);
                var row = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{package.Manifest.Name}-{spec.Width},{method},{pictures},{epochs},{rate},{name},{labels.Length},"
                        + $"{ours.Accuracy.Value:0.0000},"
                        + $"{ours.RocAuc.Value:0.0000},{theirs.Accuracy.Value:0.0000},{theirs.RocAuc.Value:0.0000},"
                        + $"{100 * (ours.Accuracy.Value - theirs.Accuracy.Value):0.00},{both.Lost},{both.Gained},{both.PValue:0.000},"
                        + $"{model.Length},{minutes:0.0},\"{Machine.Text}\"\n"
                );
                Console.Write(row);
                text.Append(row);
            }
        }
    }

    private sealed class Every(Action<QuantizeProgress> action) : IProgress<QuantizeProgress>
    {
        private readonly Lock _lock = new();

        public void Report(QuantizeProgress value)
        {
            lock (_lock)
            {
                action(value);
            }
        }
    }
}
