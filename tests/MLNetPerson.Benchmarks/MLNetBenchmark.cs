using System.Globalization;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Transforms.Image;
using MLNetPerson.Files;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Benchmarks;

/// <summary>What ML.NET's own steps cost against ours, with the same network, head and penalty: VOC2007 train, measured on its dev
/// split.</summary>
internal static class MLNetBenchmark
{
    private static readonly (string Name, PersonPipelineOptions Options)[] Chains =
    [
        ("careful", new PersonPipelineOptions()),
        (
            "classic, Fill (nearest neighbour)",
            new PersonPipelineOptions { Chain = PersonChain.Classic, ClassicResizing = ImageResizingEstimator.ResizingKind.Fill }
        ),
        (
            "classic, IsoPad",
            new PersonPipelineOptions { Chain = PersonChain.Classic, ClassicResizing = ImageResizingEstimator.ResizingKind.IsoPad }
        ),
        (
            "classic, IsoCrop (ML.NET's default)",
            new PersonPipelineOptions { Chain = PersonChain.Classic, ClassicResizing = ImageResizingEstimator.ResizingKind.IsoCrop }
        ),
    ];

    public static void Run(string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("mlnetperson-mlnet-").FullName;
        try
        {
            var ml = new MLContext(1);
            var photos = BenchmarkData.Photos();
            if (arguments.Length == 0 || arguments.Contains("accuracy"))
            {
                var models = Chains.Select(chain => (chain.Name, Model: Fit(ml, chain.Name, chain.Options, photos.Only("train")))).ToList();
                Accuracy(
                    ml,
                    models,
                    photos.Only("dev"),
                    MLNetSideways.Write(photos.Only("dev"), Path.Combine(folder, "sideways")),
                    MLNetSpeed.DemoPhotographs()
                );
            }

            if (arguments.Length == 0 || arguments.Contains("speed"))
            {
                MLNetSpeed.Run(ml, photos.Only("dev"), Path.Combine(folder, "careful.zip"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static IDataView View(MLContext ml, Dataset dataset) =>
        ml.Data.LoadFromEnumerable(
            dataset.Samples.Select(sample => new MLNetRow { ImagePath = sample.Path, Label = sample.IsPerson }).ToArray()
        );

    private static ITransformer Fit(MLContext ml, string name, PersonPipelineOptions options, Dataset dataset)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var model = ml.PersonPipeline(options).Fit(View(ml, dataset));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"fitted {name} on {dataset.Samples.Length} pictures in {watch.Elapsed.TotalSeconds:0.0} s"
            )
        );
        return model;
    }

    private static void Accuracy(MLContext ml, List<(string Name, ITransformer Model)> models, Dataset dev, Dataset sideways, Dataset demo)
    {
        var text = new StringBuilder(
            "chain,pictures,accuracy,accuracyLow,accuracyHigh,rocAuc,rocAucLow,rocAucHigh,logLoss,threshold,trainedOn,samples,usedForChoosing,machine\n"
        );
        foreach (
            var (pictures, dataset) in new[]
            {
                ("voc2007 dev", dev),
                ("voc2007 dev stored sideways with EXIF", sideways),
                ("photographs of the demo (larger)", demo),
            }
        )
        {
            foreach (var (name, model) in models.Where(model => dataset == dev || !model.Name.Contains("Iso", StringComparison.Ordinal)))
            {
                double[] probabilities =
                [
                    .. ml
                        .Data.CreateEnumerable<PersonScore>(model.Transform(View(ml, dataset)), reuseRowObject: false)
                        .Select(score => (double)score.Probability),
                ];
                var report = Evaluator.Evaluate(probabilities, [.. dataset.Samples.Select(sample => sample.IsPerson)], 0.5);
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"\"{name}\",\"{pictures}\",{Csv(report.Accuracy)},{Csv(report.RocAuc)},{report.LogLoss.Value:0.0000},0.5,voc2007 "
                        + $"train,{report.Confusion.Total},recipe yes; weights and threshold no,\"{Machine.Text}\"\n"
                );
                Console.WriteLine($"{name}, {pictures}: {report}");
            }
        }

        AtomicFile.WriteText(BenchmarkData.Results("mlnet-accuracy.csv"), text.ToString());
    }

    private static string Csv(Estimate estimate) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{estimate.Value:0.0000},{estimate.Interval.Low:0.0000},{estimate.Interval.High:0.0000}"
        );
}
