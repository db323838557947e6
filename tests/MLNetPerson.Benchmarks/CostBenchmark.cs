using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks;

/// <summary>The costs that the product promises, all in one run, as ratios where a ratio can be had.</summary>
internal static class CostBenchmark
{
    private const int Pictures = 1000;
    private const int Rounds = 5;

    public static void Run(string[] _)
    {
        var folder = Directory.CreateTempSubdirectory("mlnetperson-cost-").FullName;
        try
        {
            var rows = new ResultRows();
            rows.AddRange(Throughput(folder));
            var child = ChildProcess.Start("retrain", Path.Combine(folder, "package"), Path.Combine(folder, "cache"));
            var warm = ChildProcess.Start("retrain", Path.Combine(folder, "package"), Path.Combine(folder, "cache"));
            rows.Add("peak memory of a first retrain on 4,952 pictures", child.PeakMegabytes, "MB", "under 600");
            rows.Add("first retrain on 4,952 pictures", child.Seconds, "s", "");
            rows.Add("warm retrain on the same pictures (features cached)", warm.Seconds, "s", "under 10 for 4,000");
            rows.AddRange([PredictOverhead(Path.Combine(folder, "package"))]);
            rows.Write("cost.csv");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>From files to features on all cores, against what the cores could do if nothing but decoding and inference took
    /// time.</summary>
    private static IEnumerable<(string, double, string, string)> Throughput(string folder)
    {
        var recipe = RecipeCatalog.Open(RecipeCatalog.DefaultName);
        var network = FeatureNetworkBuilder
            .BuildAsync(BackboneCatalog.Open(recipe.Backbone), recipe.Input, recipe.Features)
            .GetAwaiter()
            .GetResult();
        var samples = BenchmarkData.Photos().Samples.Take(Pictures).ToList();
        using var model = OnnxModel.Load(network.Bytes, "network");
        var reader = new ImageReader();
        var (pixels, row) = (new byte[network.Input.ByteCount], new float[network.Width]);
        long[] shape = [1, network.Input.Height, network.Input.Width, 3];
        var round = 0;

        var seconds = Timing.InTurn(
            Rounds,
            () => samples.ForEach(sample => reader.ReadResized(reader.ReadBytes(sample.Path), network.Input, pixels)),
            () => samples.ForEach(_ => model.Run<byte>(pixels, shape, row)),
            () =>
                new FeatureExtractor(network, new FeatureOptions { CacheFolder = Path.Combine(folder, $"features{round++}") }).Extract(
                    samples
                )
        );

        var limit = Environment.ProcessorCount / ((seconds[0] + seconds[1]) / Pictures);
        yield return ("decode and resize, one core", seconds[0] / Pictures * 1e3, "ms", "");
        yield return ("feature network, one core", seconds[1] / Pictures * 1e3, "ms", "");
        yield return ("files to features, all cores", Pictures / seconds[2], "pictures/s", "");
        yield return ("the same, of what decoding and inference alone allow", Pictures / seconds[2] / limit, "ratio", "at least 0.85");
    }

    private static (string, double, string, string) PredictOverhead(string package)
    {
        using var classifier = PersonClassifier.Load(package, PackageEncoding.Float32);
        using var bare = OnnxModel.Load(Path.Combine(package, "model.onnx"));
        var input = classifier.Package.Manifest.Input;
        var spec = new ImageSpec(input.Width, input.Height, input.Resize);
        var jpegs = BenchmarkData.Photos().Samples.Take(Pictures).Select(sample => File.ReadAllBytes(sample.Path)).ToList();
        var reader = new ImageReader();
        var (pixels, probability) = (new byte[spec.ByteCount], new float[1]);

        var seconds = Timing.InTurn(
            Rounds,
            () => jpegs.ForEach(jpeg => classifier.Predict(jpeg)),
            () =>
                jpegs.ForEach(jpeg =>
                {
                    reader.ReadResized(jpeg, spec, pixels);
                    bare.Run<byte>(pixels, [1, spec.Height, spec.Width, 3], probability);
                })
        );
        return ("Predict on one JPEG, of decode and a bare session's run", seconds[0] / seconds[1], "ratio", "at most 1.3");
    }
}
