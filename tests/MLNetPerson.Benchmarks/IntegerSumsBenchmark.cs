using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// What integers answer and cost on this processor with exact sums, as models are loaded here, and with the processor's fast ones: the
/// ready model on VOC2007's dev split. The two differ only on x86 without VNNI.
/// </summary>
internal static class IntegerSumsBenchmark
{
    private const int TimedRuns = 60;

    public static void Run(string[] arguments)
    {
        var count = arguments is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : int.MaxValue;
        var folder = Directory.CreateTempSubdirectory("mlnetperson-sums-").FullName;
        try
        {
            var photos = BenchmarkData.Photos().Only("dev");
            photos = photos with { Samples = [.. photos.Samples.Take(count)] };
            bool[] labels = [.. photos.Samples.Select(sample => sample.IsPerson)];
            var package = ModelPackage.Open(Path.Combine(BenchmarkData.Root, "models", "person"));
            var (input, pixels) = (package.Manifest.Input.ToSpec(), Path.Combine(folder, "pixels"));
            RawPictures.Write(pixels, input, photos.Samples.Select(sample => sample.Path));
            (string Encoding, bool Exact)[] models =
            [
                (PackageEncoding.Float32, true),
                (PackageEncoding.Int8Portable, false),
                (PackageEncoding.Int8, true),
                (PackageEncoding.Int8, false),
            ];
            var times = Times(package, models, new byte[input.ByteCount], [1, input.Height, input.Width, 3]);
            var floats = RawPictures.Judge(package, PackageEncoding.Float32, pixels);
            var csv = new StringBuilder("processor,encoding,sums,samples,accuracy,points,rocAuc,timeRatioToFloat,machine\n");
            foreach (var ((encoding, exact), time) in models.Zip(times))
            {
                var answers = RawPictures.Judge(package, encoding, pixels, exact);
                var threshold = package.Manifest.Threshold;
                var report = Evaluator.Evaluate(answers, labels, threshold);
                var points = 100 * PairedComparison.Of(floats, answers, labels, threshold).Difference;
                csv.Append(
                    CultureInfo.InvariantCulture,
                    $"\"{CpuFeatures.Current}\",{encoding},{(exact ? "exact" : "fast")},{labels.Length},{report.Accuracy.Value:0.0000},"
                        + $"{points:0.00},{report.RocAuc.Value:0.0000},{time / times[0]:0.00},\"{Machine.Text}\"\n"
                );
            }

            Console.Write(csv);
            AtomicFile.WriteText(BenchmarkData.Results("integer-sums.csv"), csv.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] Times(ModelPackage package, (string Encoding, bool Exact)[] models, byte[] picture, long[] shape)
    {
        List<OnnxModel> loaded = [];
        try
        {
            foreach (var (encoding, exact) in models)
            {
                loaded.Add(OnnxModel.Load(package.PathOf(package.Encoding(encoding).File), new OnnxModelOptions { ExactIntegers = exact }));
            }

            var probability = new float[1];
            return Timing.InTurn(TimedRuns, [.. loaded.Select(model => (Action)(() => model.Run<byte>(picture, shape, probability)))]);
        }
        finally
        {
            loaded.ForEach(model => model.Dispose());
        }
    }
}
