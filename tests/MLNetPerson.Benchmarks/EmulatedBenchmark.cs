using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// What encodings answer on processors without VNNI with those processors' fast sums, as other runtimes use them: the ready model on VOC2007's dev split, on an emulated Haswell (AVX2) beside
/// this machine.
/// </summary>
internal static class EmulatedBenchmark
{
    private static readonly string[] Encodings = [PackageEncoding.Float32, PackageEncoding.Int8Portable, PackageEncoding.Int8];

    private static string Package => Path.Combine(BenchmarkData.Root, "models", "person");

    public static void Run(string[] arguments)
    {
        var count = arguments is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : int.MaxValue;
        var folder = Directory.CreateTempSubdirectory("mlnetperson-emulated-").FullName;
        try
        {
            var photos = BenchmarkData.Photos().Only("dev");
            photos = photos with { Samples = [.. photos.Samples.Take(count)] };
            bool[] labels = [.. photos.Samples.Select(sample => sample.IsPerson)];
            var (package, pixels) = (ModelPackage.Open(Package), Path.Combine(folder, "pixels"));
            RawPictures.Write(pixels, package.Manifest.Input.ToSpec(), photos.Samples.Select(sample => sample.Path));
            var threshold = package.Manifest.Threshold;
            var exact = RawPictures.Judge(package, PackageEncoding.Float32, pixels);
            var csv = new StringBuilder(
                "processor,default,encoding,samples,accuracy,points,lost,gained,p,rocAuc,largestDifferenceToSameEncodingHere,"
                    + "meanDifferenceToSameEncodingHere,machine\n"
            );
            foreach (var encoding in Encodings)
            {
                var here = encoding == PackageEncoding.Float32 ? exact : RawPictures.Judge(package, encoding, pixels, exact: false);
                var (choice, there) = Emulate(encoding, pixels, Path.Combine(folder, encoding));
                foreach (
                    var (processor, answers, best) in new[]
                    {
                        (CpuFeatures.Current.Model, here, EncodingChoice.Of(package.Manifest, CpuFeatures.Current).Encoding.Name),
                        (EmulatedDotnet.Processor, there, choice),
                    }
                )
                {
                    var report = Evaluator.Evaluate(answers, labels, threshold);
                    var comparison = PairedComparison.Of(exact, answers, labels, threshold);
                    double[] distances = [.. answers.Zip(here, (a, b) => Math.Abs(a - b))];
                    csv.Append(
                        CultureInfo.InvariantCulture,
                        $"{processor},{best},{encoding},{labels.Length},{report.Accuracy.Value:0.0000},{100 * comparison.Difference:0.00},"
                            + $"{comparison.Lost},{comparison.Gained},{comparison.PValue:0.000},{report.RocAuc.Value:0.0000},"
                            + $"{distances.Max():0.000000},{distances.Average():0.000000},\"{Machine.Text}\"\n"
                    );
                    Console.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{processor} (default {best}), {encoding}: {100 * comparison.Difference:+0.00;-0.00;0.00} points against "
                                + $"float here; at most {distances.Max():0.000000} from the same encoding here"
                        )
                    );
                }
            }

            AtomicFile.WriteText(BenchmarkData.Results("emulated.csv"), csv.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The child's part: writes which encoding would be chosen, and a probability a line.</summary>
    public static void Child(string encoding, string pixels, string file)
    {
        var package = ModelPackage.Open(Package);
        File.WriteAllLines(
            file,
            [
                EncodingChoice.Of(package.Manifest, CpuFeatures.Current).Encoding.Name,
                .. RawPictures
                    .Judge(package, encoding, pixels, exact: false)
                    .Select(probability => probability.ToString("R", CultureInfo.InvariantCulture)),
            ]
        );
    }

    private static (string Choice, double[] Probabilities) Emulate(string encoding, string pixels, string file)
    {
        EmulatedDotnet.Run("judge", encoding, pixels, file);
        var lines = File.ReadAllLines(file);
        return (lines[0], [.. lines.Skip(1).Select(line => double.Parse(line, CultureInfo.InvariantCulture))]);
    }
}
