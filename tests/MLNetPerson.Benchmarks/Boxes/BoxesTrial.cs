using MLNetPerson.Images;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Benchmarks.Boxes;

internal static class BoxesTrial
{
    public static void Run(string[] args)
    {
        var input = new ImageSpec(320, 320, Enum.Parse<ResizeKind>(args.ElementAtOrDefault(0) ?? "Squash"));
        var network = DetectorNetworkBuilder.BuildAsync(BackboneCatalog.Open("mobilenetv2-coco-ssd"), input).GetAwaiter().GetResult();
        var model = DetectorTail.Append(network).ToBytes();
        File.WriteAllBytes("/tmp/boxes/person320.onnx", model);
        Console.WriteLine($"{model.Length} bytes, {network.Candidates} candidates");
        foreach (var (name, set) in new[] { ("voc", BoxedDataset.Of(BenchmarkData.Photos().Only("dev"))), ("pool", BoxedDataset.Of(BenchmarkData.Pool().Only("dev"))) })
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            List<SkippedSample> skipped = [];
            var candidates = Candidates.Ask(model, input, set.Pictures, new ImageLimits(), skipped);
            Console.WriteLine($"{name}: {set.Pictures.Length} pictures, {set.Persons} persons, {set.LeftOut.Length} left out, {watch.Elapsed.TotalSeconds:0.0} s");
            var report = DetectionEvaluator.Evaluate(Candidates.Judge(candidates, set.Pictures, input, new SuppressionOptions(0.6, 0.005)));
            Console.WriteLine($"{report} small {report.ApSmall} medium {report.ApMedium} large {report.ApLarge} recall {report.Recall} LAMR {report.LogAverageMissRate} {watch.Elapsed.TotalSeconds:0.0}");
            foreach (var iou in new[] { 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7 })
            {
                Console.WriteLine($"  iou {iou}: {DetectionEvaluator.Ap50(Candidates.Judge(candidates, set.Pictures, input, new SuppressionOptions(iou, 0.005))):0.0000}");
            }
        }
    }
}
