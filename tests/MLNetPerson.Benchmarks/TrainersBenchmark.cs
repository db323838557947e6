using System.Diagnostics;
using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.MLNet.Trainers;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// Both trainers side by side: this project's own solver, the exact reference, and ML.NET's L-BFGS on one thread, the default. Recipes
/// trained on VOC2007's train split, measured on its dev split with the written package.
/// </summary>
internal static class TrainersBenchmark
{
    /// <param name="recipes">Which recipes; none means all.</param>
    public static void Run(string[] recipes)
    {
        var photos = BenchmarkData.Photos();
        var text = new StringBuilder(
            "recipe,trainer,accuracy,accuracyLow,accuracyHigh,rocAuc,rocAucLow,rocAucHigh,largestProbabilityDifference,otherDecisions,"
                + "fitRatio,sameBytesTwice,trainedOn,trainingSamples,measuredOn,samples,machine\n"
        );
        var folder = Directory.CreateTempSubdirectory("mlnetperson-trainers-").FullName;
        try
        {
            foreach (var recipe in recipes.Length > 0 ? recipes : [.. RecipeCatalog.Names])
            {
                // Features are cached by this first retrain, so that what is timed is the same work but for the fits.
                Train(photos, recipe, new BuiltinSolver(), Path.Combine(folder, $"{recipe}-warm"));
                var own = Measure(photos, recipe, () => new BuiltinSolver(), Path.Combine(folder, $"{recipe}-own"));
                var mlnet = Measure(
                    photos,
                    recipe,
                    () => new MLNetSolver(MLNetTrainer.Lbfgs, RecipeCatalog.Open(recipe).Head.Seed),
                    Path.Combine(folder, $"{recipe}-mlnet")
                );
                Append(text, recipe, own, own);
                Append(text, recipe, mlnet, own);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        AtomicFile.WriteText(BenchmarkData.Results("trainers.csv"), text.ToString());
    }

    private static Measured Measure(Dataset photos, string recipe, Func<IHeadSolver> solver, string folder)
    {
        var watch = Stopwatch.StartNew();
        var manifest = Train(photos, recipe, solver(), folder + "-1").Export.Manifest;
        var seconds = watch.Elapsed.TotalSeconds;
        Train(photos, recipe, solver(), folder + "-2");
        using var classifier = PersonClassifier.Load(folder + "-1");
        var judged = PackageEvaluator.Evaluate(classifier, photos.Only("dev"));
        return new Measured(
            solver().Name,
            judged,
            manifest.Threshold,
            manifest.Dataset.Samples,
            seconds,
            Bytes(folder + "-1").SequenceEqual(Bytes(folder + "-2"))
        );
    }

    private static RetrainResult Train(Dataset photos, string recipe, IHeadSolver solver, string folder) =>
        Retrainer
            .RetrainAsync(
                photos.Only("train"),
                null,
                new RetrainOptions
                {
                    Out = folder,
                    Recipe = RecipeCatalog.Open(recipe),
                    Solver = solver,
                }
            )
            .GetAwaiter()
            .GetResult();

    private static byte[] Bytes(string package) => File.ReadAllBytes(Path.Combine(package, "model.onnx"));

    private static void Append(StringBuilder text, string recipe, Measured one, Measured reference)
    {
        var report = one.Judged.Report;
        var pairs = one.Judged.Probabilities.Zip(reference.Judged.Probabilities).ToList();
        var difference = pairs.Max(pair => Math.Abs(pair.First - pair.Second));
        var others = pairs.Count(pair => pair.First >= one.Threshold != pair.Second >= reference.Threshold);
        text.Append(CultureInfo.InvariantCulture, $"{recipe},{one.Trainer},{Csv(report.Accuracy)},{Csv(report.RocAuc)},");
        text.Append(
            CultureInfo.InvariantCulture,
            $"{difference:0.000000},{others},{one.Seconds / reference.Seconds:0.00},{(one.IsSameTwice ? "yes" : "no")},voc2007 train,"
        );
        text.Append(CultureInfo.InvariantCulture, $"{one.Trained},voc2007 dev,{report.Confusion.Total},\"{Machine.Text}\"\n");
        Console.WriteLine($"{recipe}, {one.Trainer}: {report}, at most {difference:0.000000} from the reference");
    }

    private static string Csv(Estimate estimate) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{estimate.Value:0.0000},{estimate.Interval.Low:0.0000},{estimate.Interval.High:0.0000}"
        );

    private sealed record Measured(
        string Trainer,
        PackageEvaluation Judged,
        double Threshold,
        int Trained,
        double Seconds,
        bool IsSameTwice
    );
}
