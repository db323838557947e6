using System.Globalization;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks.Boxes;

/// <summary>The detector's int8 at 320 pixels against the classifier 'accurate' int8, one thread, in turns. What the classifier's head
/// learned
/// does not change its time, so it learns on few pictures.</summary>
internal static class BoxesTiming
{
    private const int Rounds = 15;
    private const int Runs = 6;
    private const int Pictures = 160;

    public static void Run(string[] _)
    {
        var folder = Directory.CreateTempSubdirectory("mlnetperson-boxes-").FullName;
        try
        {
            var photos = BenchmarkData.Photos().Only("train");
            var few = photos with
            {
                Samples = [.. photos.Samples.GroupBy(sample => sample.IsPerson).SelectMany(one => one.Take(Pictures / 2))],
            };
            var accurate = Path.Combine(folder, "accurate");
            Retrainer
                .RetrainAsync(
                    few,
                    null,
                    new RetrainOptions
                    {
                        Out = accurate,
                        Recipe = RecipeCatalog.Open("accurate"),
                        Encodings = new QuantizeOptions
                        {
                            Encodings = [PackageEncoding.Int8],
                            Calibration = 40,
                            MaxDrop = 100,
                        },
                    }
                )
                .GetAwaiter()
                .GetResult();
            var package = ModelPackage.OpenDetector(BoxData.Package);
            var classifier = ModelPackage.Open(accurate);
            var options = new OnnxModelOptions { Threads = 1 };
            foreach (var encoding in new[] { PackageEncoding.Float32, PackageEncoding.Int8 })
            {
                using var theirs = OnnxModel.Load(classifier.ReadBytes(classifier.Encoding(encoding).File), "accurate", options);
                using var ours = OnnxModel.Load(PersonDetector.Joined(package, package.Encoding(encoding)), "detector", options);
                using var raw = OnnxModel.Load(package.ReadBytes(package.Encoding(encoding).File), "detector", options);
                var (pixels, probability) = (new byte[320 * 320 * 3], new float[1]);
                new Random(1).NextBytes(pixels);
                long[] shape = [1, 320, 320, 3];
                var seconds = Timing.InTurn(
                    Rounds,
                    () => Repeat(() => theirs.Run<byte>(pixels, shape, probability)),
                    () => Repeat(() => ours.Run<byte>(pixels, shape, [package.Manifest.Output.Tensor])),
                    () => Repeat(() => raw.Run<byte>(pixels, shape, [package.Manifest.Detection!.Probabilities]))
                );
                BoxesBenchmark.Replace(
                    "boxes-time.csv",
                    "encoding,accurateMs,detectorMs,detectorWithoutSuppressionMs,ratio,promise,machine",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{encoding},{seconds[0] / Runs * 1e3:0.00},{seconds[1] / Runs * 1e3:0.00},{seconds[2] / Runs * 1e3:0.00},"
                    )
                        + string.Create(
                            CultureInfo.InvariantCulture,
                            $"{seconds[1] / seconds[0]:0.000},int8: at most 1.25,\"{Machine.Text}\""
                        ),
                    1
                );
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Repeat(Action action)
    {
        for (var i = 0; i < Runs; i++)
        {
            action();
        }
    }
}
