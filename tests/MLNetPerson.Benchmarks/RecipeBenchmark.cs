using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Inference;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks;

/// <summary>Accuracy, cost and size of every recipe: train split of VOC2007, measured on its dev split.</summary>
internal static class RecipeBenchmark
{
    private const int Rounds = 7;
    private const int Runs = 60;

    public static void Run(string[] _)
    {
        var photos = BenchmarkData.Photos();
        var text = new StringBuilder(
            "recipe,width,height,encoding,megabytes,macs,parameters,ms1thread,accuracy,accuracyLow,accuracyHigh,rocAuc,"
                + "rocAucLow,rocAucHigh,logLoss,threshold,trainedOn,trainingHash,trainingSamples,measuredOn,samples,usedForChoosing,"
                + "machine\n"
        );
        var folder = Directory.CreateTempSubdirectory("mlnetperson-recipes-").FullName;
        try
        {
            foreach (var name in RecipeCatalog.Names.Where(name => RecipeCatalog.Open(name).Tuning is null))
            {
                var package = Path.Combine(folder, name);
                var result = Retrainer
                    .RetrainAsync(photos.Only("train"), null, new RetrainOptions { Out = package, Recipe = RecipeCatalog.Open(name) })
                    .GetAwaiter()
                    .GetResult();
                using var classifier = PersonClassifier.Load(package);
                var report = PackageEvaluator.Evaluate(classifier, photos.Only("dev")).Report;
                var manifest = result.Export.Manifest;
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{name},{manifest.Input.Width},{manifest.Input.Height},float32,{result.Export.ModelBytes / 1e6:0.00},"
                        + $"{manifest.Backbone.Macs},{manifest.Backbone.Parameters},{Milliseconds(package, manifest.Input.Width):0.00},"
                );
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{Csv(report.Accuracy)},{Csv(report.RocAuc)},{report.LogLoss.Value:0.0000},{report.Threshold:0.0000},"
                );
                // The recipes' taps were chosen by cross-validation over all of VOC2007 and looking at this split.
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"voc2007 train,{manifest.Dataset.Sha256[..12]},{manifest.Dataset.Samples},voc2007 dev,{report.Confusion.Total},recipe "
                        + $"yes; weights and threshold no,\"{Machine.Text}\"\n"
                );
                Console.WriteLine($"{name}: {report}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        AtomicFile.WriteText(BenchmarkData.Results("recipes.csv"), text.ToString());
    }

    private static string Csv(Estimate estimate) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{estimate.Value:0.0000},{estimate.Interval.Low:0.0000},{estimate.Interval.High:0.0000}"
        );

    private static double Milliseconds(string package, int side)
    {
        using var model = OnnxModel.Load(Path.Combine(package, "model.onnx"));
        var (pixels, probability) = (new byte[side * side * 3], new float[1]);
        new Random(1).NextBytes(pixels);
        return Timing.InTurn(
                Rounds,
                () =>
                {
                    for (var i = 0; i < Runs; i++)
                    {
                        model.Run<byte>(pixels, [1, side, side, 3], probability);
                    }
                }
            )[0]
            / Runs
            * 1e3;
    }
}
