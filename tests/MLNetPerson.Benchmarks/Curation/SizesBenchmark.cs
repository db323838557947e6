using System.Globalization;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Datasets.Import;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Benchmarks.Curation;

/// <summary>What it does to leave small persons out of training: COCO's classes of 32² and 96² pixels, and the label rule's own
/// band.</summary>
internal static class SizesBenchmark
{
    public static void Run(string[] _)
    {
        var rows = new ResultRows();
        var photos = BenchmarkData.Photos();
        var (network, set) = CurationBenchmark.Extract("light", photos);
        (string Name, LabelRule Rule)[] rules =
        [
            ("any box", new LabelRule { MinPersonArea = 1e-9, IgnoreBelow = 0 }),
            ("label rule (left out from 0.001 to 0.005)", new LabelRule()),
            (
                "persons of 32² pixels and more",
                new LabelRule
                {
                    MinPersonArea = 1e-9,
                    IgnoreBelow = 0,
                    MinPersonPixels = LabelRule.SmallPixels,
                }
            ),
            (
                "persons of 96² pixels and more",
                new LabelRule
                {
                    MinPersonArea = 1e-9,
                    IgnoreBelow = 0,
                    MinPersonPixels = LabelRule.MediumPixels,
                }
            ),
        ];
        foreach (var (name, rule) in rules)
        {
            var training = Judged(photos, rule, "train");
            rows.Add($"trained on {name}: pictures", training.Count, "");
            var table = Rows(set.Table, training);
            Sample[] samples = [.. training.Select(pair => photos.Samples[pair.Index] with { IsPerson = pair.IsPerson })];
            var (head, report) = new HeadTrainer(new HeadOptions()).Fit(samples, table, network.Blocks);
            var threshold = ThresholdChooser.Choose(
                ThresholdRule.Default,
                report.Calibration.Apply(report.OutOfFoldLogits),
                [.. samples.Select(sample => sample.IsPerson)]
            );
            foreach (var (measured, of) in rules)
            {
                var dev = Judged(photos, of, "dev");
                var evaluation = Evaluator.Evaluate(
                    LogitCalibration.None.Apply(head.Logits(Rows(set.Table, dev))),
                    dev.Select(pair => pair.IsPerson).ToArray(),
                    threshold
                );
                rows.Add(
                    $"trained on {name}, measured on {measured} ({dev.Count}): accuracy",
                    evaluation.Accuracy.Value,
                    "",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"({evaluation.Accuracy.Interval.Low:0.000}–{evaluation.Accuracy.Interval.High:0.000})"
                    )
                );
                rows.Add(
                    $"trained on {name}, measured on {measured} ({dev.Count}): ROC AUC",
                    evaluation.RocAuc.Value,
                    "",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"({evaluation.RocAuc.Interval.Low:0.000}–{evaluation.RocAuc.Interval.High:0.000})"
                    )
                );
            }
        }

        rows.Write("curation-sizes.csv");
    }

    private static List<(int Index, bool IsPerson)> Judged(Dataset photos, LabelRule rule, string split) =>
        [
            .. photos
                .Samples.Select((sample, index) => (sample, index))
                .Where(pair => pair.sample.Split == split)
                .Select(pair =>
                {
                    var cells = pair.sample.Attributes;
                    var picture = new AnnotatedPicture
                    {
                        File = pair.sample.File,
                        Path = pair.sample.Path,
                        Width = Number(cells[CanonicalCsv.Width]),
                        Height = Number(cells[CanonicalCsv.Height]),
                        Persons = [.. PersonBox.ParseMany(cells[CanonicalCsv.PersonBoxes])],
                    };
                    return (pair.index, rule.Judge(picture).IsPerson);
                })
                .Where(pair => pair.IsPerson is not null)
                .Select(pair => (pair.index, pair.IsPerson!.Value)),
        ];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static FeatureTable Rows(FeatureTable table, List<(int Index, bool)> rows) =>
        new(rows.Count, table.Width, [.. rows.SelectMany(row => table.Row(row.Index).ToArray())]);
}
