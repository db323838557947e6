using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Pages;

namespace MLNetPerson.Benchmarks.Boxes;

/// <summary>What is measured of detectors: average precision of the published one and of the ready package, products, thresholds of
/// suppression, and what leaving small persons out of the fit does.</summary>
internal static class BoxesBenchmark
{
    private const string Header =
        "dataset,pictures,persons,detector,encoding,ap50,ap50Low,ap50High,ap,apLow,apHigh,apSmall,apMedium,apLarge,recallAtTenth,missRate,"
        + "anyBoxAccuracy,anyBoxAuc,usedForChoosing,machine";

    /// <summary>Average precision of the published detector at 320 pixels and of the ready package's encodings, on both dev
    /// splits.</summary>
    public static void Run(string[] arguments)
    {
        var input = new ImageSpec(320, 320);
        var parts = arguments.Length == 0 ? ["published", .. Encodings()] : arguments;
        foreach (var part in parts)
        {
            foreach (var (name, set) in new[] { ("voc2007 dev", BoxData.Voc("dev")), ("pool dev", BoxData.Pool("dev")) })
            {
                var package = part == "published" ? null : ModelPackage.OpenDetector(BoxData.Package);
                var detector = BackboneCatalog.Open("mobilenetv2-coco-ssd").Card.Detector!;
                var evaluation = package is null
                    ? DetectorPackageEvaluator.Evaluate(
                        DetectorTail.Append(Network(input)).ToBytes(),
                        input,
                        new SuppressionOptions(detector.IouThreshold, Candidates.Floor, detector.MostBoxes),
                        set,
                        new DetectionOptions(),
                        new ImageLimits(),
                        int.MaxValue,
                        null,
                        CancellationToken.None
                    )
                    : DetectorPackageEvaluator.Evaluate(package, package.Encoding(part), set);
                var threshold = package?.Manifest.Threshold ?? 0.5;
                double[] best = [.. evaluation.Judged.Select(one => one.Found.Select(box => box.Probability).DefaultIfEmpty(0).Max())];
                bool[] labels = [.. evaluation.Pictures.Select(picture => picture.Sample.IsPerson)];
                var any = Evaluator.Evaluate(best, labels, threshold);
                var r = evaluation.Report;
                var row = new StringBuilder();
                row.Append(
                    CultureInfo.InvariantCulture,
                    $"{name},{r.Pictures},{r.Persons},{(package is null ? "published,float32" : $"person-boxes,{part}")},"
                );
                row.Append(
                    CultureInfo.InvariantCulture,
                    $"{r.Ap50.Value:0.0000},{r.Ap50.Interval.Low:0.0000},{r.Ap50.Interval.High:0.0000},{r.Ap.Value:0.0000},"
                );
                row.Append(
                    CultureInfo.InvariantCulture,
                    $"{r.Ap.Interval.Low:0.0000},{r.Ap.Interval.High:0.0000},{r.ApSmall.Value:0.0000},{r.ApMedium.Value:0.0000},"
                );
                row.Append(
                    CultureInfo.InvariantCulture,
                    $"{r.ApLarge.Value:0.0000},{r.Recall.Value:0.0000},{r.LogAverageMissRate.Value:0.0000},{any.Accuracy.Value:0.0000},"
                );
                row.Append(
                    CultureInfo.InvariantCulture,
                    $"{any.RocAuc.Value:0.0000},{(package is null ? "no" : "prior of the fit: looked at; weights and thresholds: no")},"
                );
                row.Append(CultureInfo.InvariantCulture, $"\"{Machine.Text}\"");
                Replace("boxes.csv", Header, row.ToString(), 5);
            }
        }
    }

    /// <summary>Products of the person-only graph against the graph of all classes, at the sizes of the recipes.</summary>
    public static void Products(string[] _)
    {
        foreach (var name in DetectorRecipe.Names)
        {
            var input = DetectorRecipe.Open(name).Input;
            long Macs(bool all)
            {
                var network = DetectorNetworkBuilder
                    .BuildAsync(BackboneCatalog.Open("mobilenetv2-coco-ssd"), input, all, CancellationToken.None)
                    .GetAwaiter()
                    .GetResult();
                return GraphCost.Of(DetectorTail.Append(network), input.Height, input.Width).Macs;
            }

            var (person, all) = (Macs(false), Macs(true));
            Replace(
                "boxes-products.csv",
                "recipe,side,personMacs,allClassesMacs,fewer,promise",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name},{input.Width},{person},{all},{1 - ((double)person / all):0.0000},at least 0.10 fewer"
                ),
                1
            );
        }
    }

    /// <summary>Thresholds of suppression of the published detector on pictures of both train splits: the curve of the chapter on low-power
    /// vision.</summary>
    public static void Suppression(string[] arguments)
    {
        var count = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1000;
        var input = new ImageSpec(320, 320);
        var model = DetectorTail.Append(Network(input)).ToBytes();
        var text = new StringBuilder();
        foreach (var (name, set) in new[] { ("voc2007", BoxData.Voc("train")), ("pool", BoxData.Pool("train")) })
        {
            var some = BoxData.Some(BoxData.Thinned(set), count);
            List<SkippedSample> skipped = [];
            var candidates = Candidates.Ask(model, input, some.Pictures, new ImageLimits(), skipped);
            var frontier = SuppressionSearch.Run(candidates, some.Pictures, input, new SuppressionSearchOptions());
            var lines = frontier.ToCsv().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (text.Length == 0)
            {
                text.Append("dataset,pictures,").Append(lines[0]).Append(",machine\n");
            }

            foreach (var line in lines.Skip(1))
            {
                text.Append(CultureInfo.InvariantCulture, $"{name} train,{frontier.Pictures},{line},\"{Machine.Text}\"\n");
            }

            AtomicFile.WriteText(BenchmarkData.Results($"boxes-nms-{name}.svg"), SuppressionChart.Draw(frontier));
            Console.WriteLine($"{name}: {frontier.Chosen}");
        }

        AtomicFile.WriteText(BenchmarkData.Results("boxes-nms.csv"), text.ToString());
    }

    private static IEnumerable<string> Encodings() =>
        ModelPackage.OpenDetector(BoxData.Package).Manifest.Encodings.Select(encoding => encoding.Name);

    internal static DetectorNetwork Network(ImageSpec input) =>
        DetectorNetworkBuilder.BuildAsync(BackboneCatalog.Open("mobilenetv2-coco-ssd"), input).GetAwaiter().GetResult();

    /// <summary>Writes a row, or replaces the one that says the same in its first columns but for the numbers of pictures.</summary>
    internal static void Replace(string file, string header, string row, int keys)
    {
        var path = BenchmarkData.Results(file);
        string Key(string line) => string.Join(',', line.Split(',').Take(keys));
        List<string> lines = File.Exists(path) ? [.. File.ReadLines(path).Skip(1).Where(line => Key(line) != Key(row))] : [];
        lines.Add(row);
        AtomicFile.WriteText(path, string.Concat(lines.Prepend(header).Select(line => line + "\n")));
        Console.WriteLine(row);
    }
}
