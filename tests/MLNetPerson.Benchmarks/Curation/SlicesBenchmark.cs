using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks.Curation;

/// <summary>Slices: of portraits by perceived age and gender, and of VOC2007 by what can be told from pictures and boxes.</summary>
internal static class SlicesBenchmark
{
    public static void Run(string[] _)
    {
        var photos = BenchmarkData.Photos();
        var folder = Directory.CreateTempSubdirectory("mlnetperson-slices-").FullName;
        var text = new StringBuilder(
            "dataset,attribute,value,persons,recall,recallLow,recallHigh,recallGap,recallGapLow,recallGapHigh,none,falseAlarms,falseAlarmsLow,falseAlarmsHigh,falseAlarmGap,falseAlarmGapLow,falseAlarmGapHigh,flagged,machine\n"
        );
        try
        {
            Retrainer
                .RetrainAsync(photos.Only("train"), null, new RetrainOptions { Out = folder, Recipe = RecipeCatalog.Open("light") })
                .GetAwaiter()
                .GetResult();
            using var classifier = PersonClassifier.Load(folder);
            var input = classifier.Package.Manifest.Input;
            var spec = new ImageSpec(input.Width, input.Height, input.Resize);
            var portraits = DatasetReader.Read(
                Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(BenchmarkData.Voc2007)!)!, "fairness540", "labels.csv")
            );
            Add(
                "fairness540",
                portraits,
                ["perceived_age", "perceived_gender", "perceived_age+perceived_gender", SliceNames.Brightness, SliceNames.Sharpness]
            );
            Add("voc2007 dev", photos.Only("dev"), [.. SliceNames.BuiltIn]);

            void Add(string name, Dataset dataset, string[] slices)
            {
                var evaluation = PackageEvaluator.Evaluate(classifier, dataset);
                Console.WriteLine($"{name}: recall {evaluation.Report.Recall}, false alarms {evaluation.Report.Confusion.FalseAlarmRate}");
                foreach (var slice in SliceNames.Evaluate(evaluation, slices, spec))
                {
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"{name},{slice.Attribute},\"{slice.Value}\",{slice.Persons},{Rate(slice.Recall)},{Gap(slice.RecallGap)},"
                            + $"{slice.None},{Rate(slice.FalseAlarmRate)},{Gap(slice.FalseAlarmGap)},{(slice.IsFlagged ? 1 : 0)},\""
                            + $"{Machine.Text}\"\n"
                    );
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        AtomicFile.WriteText(BenchmarkData.Results("curation-slices.csv"), text.ToString());
    }

    private static string Rate(Estimate rate) =>
        double.IsNaN(rate.Value)
            ? ",,"
            : string.Create(CultureInfo.InvariantCulture, $"{rate.Value:0.0000},{rate.Interval.Low:0.0000},{rate.Interval.High:0.0000}");

    private static string Gap(SliceGap? gap) =>
        gap is { } some
            ? string.Create(CultureInfo.InvariantCulture, $"{some.Value:0.0000},{some.Interval.Low:0.0000},{some.Interval.High:0.0000}")
            : ",,";
}
