using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Training.Curation.ActiveLearning;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Benchmarks.Curation;

/// <summary>Whether choosing what to label teaches more than drawing it: a hundred labels of VOC2007, then fifty more at a time.</summary>
internal static class LearningBenchmark
{
    private const int Start = 100;
    private const int Step = 50;
    private const int Rounds = 8;
    private static readonly int[] Seeds = [1, 2, 3];

    public static void Run(string[] _)
    {
        var photos = BenchmarkData.Photos();
        var (network, set) = CurationBenchmark.Extract("light", photos);
        var descriptors = BatchChooser.Describe(set.Table);
        int[] pool = [.. Indices("train")],
            dev = [.. Indices("dev")];
        bool[] truth = [.. dev.Select(index => photos.Samples[index].IsPerson)];
        var text = new StringBuilder("choice,labels,rocAuc,accuracy,draws,machine\n");
        foreach (var choice in new[] { "drawn", "least sure only", "next" })
        {
            var (areas, right) = (new double[Rounds + 1], new double[Rounds + 1]);
            foreach (var seed in Seeds)
            {
                var random = new Random(seed);
                var left = pool.OrderBy(_ => random.Next()).ToList();
                var labelled = left[..Start];
                left = left[Start..];
                for (var round = 0; round <= Rounds; round++)
                {
                    var (head, report) = new HeadTrainer(new HeadOptions()).Fit(
                        [.. labelled.Select(index => photos.Samples[index])],
                        Rows(set.Table, labelled),
                        network.Blocks
                    );
                    var threshold = ThresholdChooser.Choose(
                        ThresholdRule.Default,
                        report.Calibration.Apply(report.OutOfFoldLogits),
                        [.. labelled.Select(index => photos.Samples[index].IsPerson)]
                    );
                    var evaluation = Evaluator.Evaluate(LogitCalibration.None.Apply(head.Logits(Rows(set.Table, dev))), truth, threshold);
                    areas[round] += evaluation.RocAuc.Value / Seeds.Length;
                    right[round] += evaluation.Accuracy.Value / Seeds.Length;
                    var chosen = choice == "drawn" ? left[..Step] : Chosen(head, threshold, choice == "next");
                    labelled.AddRange(chosen);
                    left = [.. left.Except(chosen)];

                    List<int> Chosen(LinearHead current, double at, bool diverse)
                    {
                        var probabilities = LogitCalibration.None.Apply(current.Logits(Rows(set.Table, left)));
                        return diverse
                            ?
                            [
                                .. BatchChooser
                                    .Choose(probabilities, at, Rows(descriptors, [.. left, .. labelled]), Step, labelled.Count)
                                    .Select(i => left[i]),
                            ]
                            :
                            [
                                .. Enumerable
                                    .Range(0, left.Count)
                                    .OrderByDescending(i => BatchChooser.Doubt(probabilities[i], at))
                                    .Take(Step)
                                    .Select(i => left[i]),
                            ];
                    }
                }
            }

            for (var round = 0; round <= Rounds; round++)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{choice},{Start + (Step * round)},{areas[round]:0.0000},{right[round]:0.0000},{Seeds.Length},\"{Machine.Text}\"\n"
                );
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{choice,-16}{Start + (Step * round),5} labels: ROC AUC {areas[round]:0.0000}, accuracy {right[round]:0.0000}"
                    )
                );
            }
        }

        AtomicFile.WriteText(BenchmarkData.Results("curation-learning.csv"), text.ToString());

        IEnumerable<int> Indices(string split) =>
            Enumerable.Range(0, photos.Samples.Length).Where(index => photos.Samples[index].Split == split);
    }

    private static FeatureTable Rows(FeatureTable table, IReadOnlyCollection<int> rows)
    {
        var (values, at) = (new float[rows.Count * table.Width], 0);
        foreach (var row in rows)
        {
            table.Row(row).CopyTo(values.AsSpan(at++ * table.Width));
        }

        return new FeatureTable(rows.Count, table.Width, values);
    }
}
