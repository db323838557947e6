using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks;

/// <summary>What every encoding costs and gains: recipe light, trained on VOC2007's train split, proved on its dev split.</summary>
internal static class QuantizationBenchmark
{
    /// <summary>Of cross-validation folds and of the choice of calibration pictures.</summary>
    private static readonly int[] Seeds = [17, 3, 5];

    /// <summary>The recipe's own size with every seed; the others show speed and accuracy at smaller sizes, with the first seed.</summary>
    private static readonly int[] OtherSides = [160, 96];

    public static void Run(string[] _)
    {
        var photos = BenchmarkData.Photos();
        var text = new StringBuilder(
            "recipe,width,height,seed,encoding,megabytes,accuracy,accuracyLow,accuracyHigh,points,lost,gained,p,rocAuc,rocAucChange,speed1thread,ms1thread,speedAllThreads,floatNodes,recovery,samples,machine\n"
        );
        var folder = Directory.CreateTempSubdirectory("mlnetperson-quantization-").FullName;
        try
        {
            var own = RecipeCatalog.Open(RecipeCatalog.DefaultName).Input.Width;
            foreach (var (side, seed) in Seeds.Select(seed => (own, seed)).Concat(OtherSides.Select(side => (side, Seeds[0]))))
            {
                var recipe = RecipeCatalog.Open(RecipeCatalog.DefaultName);
                recipe = recipe with { Input = recipe.Input with { Width = side, Height = side }, Head = recipe.Head with { Seed = seed } };
                var result = Retrainer
                    .RetrainAsync(
                        photos.Only("train"),
                        photos.Only("dev"),
                        new RetrainOptions
                        {
                            Out = Path.Combine(folder, $"{side}-{seed}"),
                            Recipe = recipe,
                            Encodings = new QuantizeOptions { Seed = seed, MaxDrop = 100 }, // measured here, not kept out
                        }
                    )
                    .GetAwaiter()
                    .GetResult();
                Append(text, recipe, seed, result.Encodings!);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        AtomicFile.WriteText(BenchmarkData.Results("quantization.csv"), text.ToString());
    }

    private static void Append(StringBuilder text, Recipe recipe, int seed, QuantizeResult result)
    {
        var first = result.Written[0];
        var common = string.Create(CultureInfo.InvariantCulture, $"{recipe.Name},{recipe.Input.Width},{recipe.Input.Height},{seed}");
        text.Append(
            CultureInfo.InvariantCulture,
            $"{common},{PackageEncoding.Float32},{first.FloatBytes / 1e6:0.00},{Csv(first.FloatAccuracy)},0,0,0,1,"
                + $"{first.FloatRocAuc!.Value:0.0000},0,1,{first.Latency[0].FloatP50:0.000},1,,,{first.Samples},\"{Machine.Text}\"\n"
        );
        foreach (var report in result.Written)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{common},{report.Encoding},{report.Bytes / 1e6:0.00},{Csv(report.Accuracy)},{report.Points:0.00},{report.Lost},"
                    + $"{report.Gained},{report.PValue:0.000},"
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"{report.RocAuc!.Value:0.0000},{report.RocAucDifference!.Value:0.0000},{report.Latency[0].Speed:0.00},"
                    + $"{report.Latency[0].P50:0.000},{report.Latency[^1].Speed:0.00},"
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"{string.Join(' ', report.FloatNodes.Select(node => $"{node.Value}x{node.Key}"))},{string.Join("; ", report.Recovery)},"
                    + $"{report.Samples},\"{Machine.Text}\"\n"
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{common},{report.Encoding}: {report.Points:+0.00;-0.00;0.00} points, AUC "
                        + $"{report.RocAucDifference.Value:+0.0000;-0.0000;0.0000}, speed {report.Latency[0].Speed:0.00}"
                )
            );
        }
    }

    private static string Csv(PackageMetric metric) =>
        string.Create(CultureInfo.InvariantCulture, $"{metric.Value:0.0000},{metric.Low:0.0000},{metric.High:0.0000}");
}
