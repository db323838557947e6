using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Onnx.Quantization.Ranges;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Tests.Export;

/// <summary>Encodings of a package: made, proved, refused, and never half written.</summary>
public sealed class PackageQuantizerTests : IDisposable
{
    private static readonly QuantizeOptions Options = new() { Calibration = 16, MaxDrop = 10 };

    private readonly TinyWorld _world = new();

    [Fact]
    public void All_encodings_are_proved_against_float_and_written_with_goldens()
    {
        _world.Retrain();

        var result = Quantize(Options);

        Assert.Empty(result.Refused);
        Assert.Equal(QuantizeOptions.AllEncodings, result.Written.Select(report => report.Encoding));
        var package = ModelPackage.Open(_world.PackagePath);
        Assert.Equal(
            [PackageEncoding.Float32, .. QuantizeOptions.AllEncodings],
            package.Manifest.Encodings.Select(encoding => encoding.Name)
        );
        Assert.All(
            package.Manifest.Encodings,
            encoding => Assert.All(GoldenCheck.Run(package, encoding), golden => Assert.True(golden.IsRight, golden.ToString()))
        );
        Assert.All(package.Manifest.Goldens, golden => Assert.Equal(5, golden.Probabilities.Count));
        Assert.All(
            result.Written,
            report =>
            {
                Assert.Equal(new FileInfo(package.PathOf(package.Encoding(report.Encoding).File)).Length, report.Bytes);
                Assert.Equal(24, report.Samples); // 40 pictures less 16 for calibration
                Assert.Equal(EncodingReport.NotHeldOut, report.Source);
                Assert.Equal(100 * (report.Accuracy.Value - report.FloatAccuracy.Value), report.Points, 9);
                Assert.All(report.Latency, latency => Assert.True(latency.P50 > 0 && latency.P95 >= latency.P50));
            }
        );
        Assert.DoesNotContain(
            result.Written[0].FloatNodes.Keys,
            operation => operation.Contains("Conv") || operation.Contains("Pool") || operation.Contains("Gemm")
        );
        Assert.Equal((3, 1), (result.Written[0].IntegerNodes["QLinearConv"], result.Written[0].IntegerNodes["QGemm"]));
        Assert.Contains("| int8 |", File.ReadAllText(Path.Combine(_world.PackagePath, "card.md")));
    }

    [Fact]
    public void What_the_manifest_says_is_what_was_measured()
    {
        _world.Retrain();
        var result = Quantize(Options with { Encodings = [PackageEncoding.Int8] });

        var report = EncodingReport.Of(ModelPackage.Open(_world.PackagePath).Encoding(PackageEncoding.Int8))!;

        Assert.Equal(
            (result.Written[0].Key, result.Written[0].Accuracy, result.Written[0].Machine),
            (report.Key, report.Accuracy, report.Machine)
        );
        Assert.Equal(result.Written[0].Latency.AsEnumerable(), report.Latency.AsEnumerable());
        using var classifier = PersonClassifier.Load(_world.PackagePath, PackageEncoding.Int8);
        using var exact = PersonClassifier.Load(_world.PackagePath, PackageEncoding.Float32);
        var rest = CalibrationChoice.Of(_world.Dataset, Options.Calibration, Options.Seed, leaveHalf: true).Rest;
        bool[] Answers(PersonClassifier with) => [.. rest.Select(sample => with.Predict(sample.Path).IsPerson)];
        var comparison = PairedComparison.Of(Answers(exact), Answers(classifier), [.. rest.Select(sample => sample.IsPerson)]);
        Assert.Equal((comparison.Lost, comparison.Gained, comparison.PValue), (report.Lost, report.Gained, report.PValue));
    }

    [Fact]
    public void The_same_package_pictures_and_seed_give_the_same_bytes()
    {
        _world.Retrain();
        var first = Files(Quantize(Options).Package);
        _world.Retrain();

        var second = Files(Quantize(Options).Package);

        Assert.Equal(5, first.Count);
        Assert.Equal(first, second);

        static Dictionary<string, string> Files(string package) =>
            Directory
                .GetFiles(package, "*.onnx")
                .ToDictionary(
                    file => Path.GetFileName(file),
                    file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))
                );
    }

    [Fact]
    public void What_is_there_already_is_not_made_again_until_something_changes()
    {
        _world.Retrain();
        Quantize(Options with { Encodings = [PackageEncoding.Fp16] });

        Assert.Equal(
            [PackageEncoding.Fp16],
            Quantize(Options with { Encodings = [PackageEncoding.Fp16, PackageEncoding.Weights8] }).UpToDate.AsEnumerable()
        );
        Assert.Equal(
            [PackageEncoding.Fp16, PackageEncoding.Weights8],
            Quantize(Options with { Encodings = [PackageEncoding.Fp16, PackageEncoding.Weights8] }).UpToDate.AsEnumerable()
        );
        Assert.Empty(Quantize(Options with { Encodings = [PackageEncoding.Weights8], Seed = 5 }).UpToDate);
    }

    [Fact]
    public void A_retrain_that_ends_at_the_same_model_keeps_its_encodings_and_another_model_does_not()
    {
        var options = _world.Options with { Encodings = Options with { Encodings = [PackageEncoding.Int8, PackageEncoding.Fp16] } };

        var first = _world.Retrain(options);
        var second = _world.Retrain(options);
        var other = _world.Retrain(options, _world.Dataset with { Samples = [.. _world.Dataset.Samples.Skip(4)] });

        Assert.Empty(first.Encodings!.UpToDate);
        Assert.Equal([PackageEncoding.Int8, PackageEncoding.Fp16], second.Encodings!.UpToDate.AsEnumerable());
        Assert.Empty(other.Encodings!.UpToDate);
        var package = ModelPackage.Open(_world.PackagePath);
        Assert.All(
            package.Manifest.Encodings,
            encoding => Assert.All(GoldenCheck.Run(package, encoding), golden => Assert.True(golden.IsRight, golden.ToString()))
        );
    }

    [Fact]
    public void An_encoding_that_loses_too_much_is_refused_after_the_ladder_and_the_others_are_written()
    {
        _world.Retrain();

        // Half of every tensor's values cut off: no ladder leads out of that.
        var result = Quantize(
            new QuantizeOptions
            {
                Calibration = 16,
                MaxDrop = 0,
                Encodings = [PackageEncoding.Int8, PackageEncoding.Fp16],
                Range = RangeMethod.Percentile,
                Percentile = 50.01,
            }
        );

        var refused = Assert.Single(result.Refused);
        Assert.Equal(PackageEncoding.Int8, refused.Encoding);
        Assert.Matches(
            "^it judges \\d+ of 24 pictures more wrongly than float \\(\\d+\\.\\d\\d points\\), 1 are allowed \\(0 points\\)\\. Tried: "
                + "biases corrected; .*left in float: .*; allow more with --max-drop, or do without it\\.$",
            refused.Reason
        );
        Assert.Equal(
            [PackageEncoding.Float32, PackageEncoding.Fp16],
            ModelPackage.Open(_world.PackagePath).Manifest.Encodings.Select(encoding => encoding.Name)
        );
    }

    [Theory]
    [InlineData(200, 0.5, 1)]
    [InlineData(399, 0.5, 1)]
    [InlineData(400, 0.5, 2)]
    [InlineData(50, 0.5, 1)]
    [InlineData(1000, 0, 1)]
    public void The_gate_allows_so_many_pictures(int samples, double maxDrop, int allowed) =>
        Assert.Equal(allowed, EncodingGate.Allowed(samples, maxDrop));

    [Fact]
    public void Held_out_pictures_are_judged_and_never_calibrated_on()
    {
        _world.Retrain();
        var all = _world.Dataset;
        var heldOut = all with { Samples = [.. all.Samples.Where((_, i) => i % 4 == 0)] };
        var rest = all with { Samples = [.. all.Samples.Where((_, i) => i % 4 != 0)] };

        var report = PackageQuantizer
            .Quantize(ModelPackage.Open(_world.PackagePath), rest, heldOut, Options with { Encodings = [PackageEncoding.Int8] })
            .Written[0];

        Assert.Equal((EncodingReport.HeldOut, heldOut.Samples.Length, 16), (report.Source, report.Samples, report.Calibration!.Pictures));
        Assert.Equal(8, report.Calibration.Persons);
    }

    [Fact]
    public void Pictures_of_one_class_cannot_calibrate()
    {
        _world.Retrain();
        var persons = _world.Dataset with { Samples = [.. _world.Dataset.Samples.Where(sample => sample.IsPerson)] };

        var fault = Assert
            .Throws<DatasetException>(() => PackageQuantizer.Quantize(ModelPackage.Open(_world.PackagePath), persons, null, Options))
            .Message;

        Assert.Equal(
            "Dataset 'pictures' has 20 pictures, 20 of them with a person. Calibration needs pictures of both kinds: what only the other "
                + "kind excites would be cut off.",
            fault
        );
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_skipped_and_listed()
    {
        _world.Retrain();
        var dataset = _world.Dataset;
        File.WriteAllText(dataset.Samples[0].Path, "no picture");

        var result = PackageQuantizer.Quantize(
            ModelPackage.Open(_world.PackagePath),
            dataset,
            null,
            Options with
            {
                Encodings = [PackageEncoding.Fp16],
            }
        );

        Assert.Equal(dataset.Samples[0].File, Assert.Single(result.Skipped).Sample.File);
    }

    [Fact]
    public void Faulty_options_are_all_named_before_any_work()
    {
        var options = new QuantizeOptions
        {
            Encodings = ["int8", "int7"],
            Calibration = 1,
            MaxDrop = -1,
            Percentile = 20,
            MaxBad = -3,
        };

        Assert.Equal(
            "'int7' is no encoding that can be made (int8, int8-portable, fp16, weights8); 1 calibration pictures are outside 2 to 100000; "
                + "a largest drop of -1 points is outside 0 to 100; -3 unusable pictures are below 0; percentile 20 is outside 50 to 100",
            options.Fault()
        );
        Assert.Null(new QuantizeOptions().Fault());
        _world.Retrain();
        Assert.Throws<QuantizationException>(() => Quantize(options));
    }

    [Fact]
    public void An_interrupted_run_leaves_the_package_whole_and_goes_on()
    {
        _world.Retrain();
        using var stop = new CancellationTokenSource();
        var progress = new Stopper(stop, $"writing {PackageEncoding.Fp16}");

        Assert.ThrowsAny<OperationCanceledException>(() =>
            PackageQuantizer.Quantize(
                ModelPackage.Open(_world.PackagePath),
                _world.Dataset,
                null,
                Options with
                {
                    Encodings = [PackageEncoding.Fp16, PackageEncoding.Int8],
                },
                progress,
                stop.Token
            )
        );

        Assert.Equal(
            [PackageEncoding.Float32, PackageEncoding.Fp16],
            ModelPackage.Open(_world.PackagePath).Manifest.Encodings.Select(encoding => encoding.Name)
        );
        Assert.Equal(
            [PackageEncoding.Fp16],
            Quantize(Options with { Encodings = [PackageEncoding.Fp16, PackageEncoding.Int8] }).UpToDate.AsEnumerable()
        );
    }

    public void Dispose() => _world.Dispose();

    private QuantizeResult Quantize(QuantizeOptions options) =>
        PackageQuantizer.Quantize(ModelPackage.Open(_world.PackagePath), _world.Dataset, null, options);

    private sealed class Stopper(CancellationTokenSource stop, string step) : IProgress<QuantizeProgress>
    {
        public void Report(QuantizeProgress value)
        {
            if (value.Step == step)
            {
                stop.Cancel();
            }
        }
    }
}
