using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Training.Retraining.Sizes;

namespace MLNetPerson.Benchmarks.Devices;

/// <summary>
/// Recipe light at eight sizes of input: trained on VOC2007's train split, judged on its dev split. Whether that frontier is as one expects
/// (time grows with size, accuracy too but for chance), and whether budgets choose from it what fits.
/// </summary>
internal static class InputSizesBenchmark
{
    private static readonly double[] Budgets = [0.5, 2, 3, 5, 8];

    public static void Run(string[] arguments)
    {
        // With sizes named, models are made ready and nothing is written: the rest of a long run in pieces.
        ImmutableArray<int> sides = arguments is [var named]
            ? [.. named.Split(',').Select(side => int.Parse(side, CultureInfo.InvariantCulture))]
            : SizeBudget.DefaultSides;
        var (photos, recipe) = (BenchmarkData.Photos(), RecipeCatalog.Open(RecipeCatalog.DefaultName));
        var quantize = new QuantizeOptions { Encodings = [PackageEncoding.Int8] };
        var frontier = SizeSweep
            .RunAsync(
                photos.Only("train"),
                photos.Only("dev"),
                new SizeOptions
                {
                    Recipe = recipe,
                    Sides = sides,
                    Encodings = quantize,
                },
                new StepLines()
            )
            .GetAwaiter()
            .GetResult();
        if (arguments.Length > 0)
        {
            return;
        }

        AtomicFile.WriteText(BenchmarkData.Results("sizes.csv"), Csv(frontier));
        AtomicFile.WriteText(
            BenchmarkData.Results("sizes.svg"),
            FrontierChart.Draw(
                frontier.Points,
                "light by size of input, voc2007",
                $"{frontier.Metrics.Samples} pictures of the dev split, trained on the train split; {Inference.CpuFeatures.Current.Model}, "
                    + $"1 thread"
            )
        );
        var checks = new StringBuilder("what,value,unit,promise,machine\n");
        void Check(string what, double value, string unit, string promise) =>
            checks.Append(CultureInfo.InvariantCulture, $"\"{what}\",{value:0.###},{unit},{promise},\"{Machine.Text}\"\n");
        foreach (var points in frontier.Points.GroupBy(point => point.Encoding))
        {
            var ordered = points.OrderBy(point => point.Side).ToList();
            Check(
                $"{points.Key}: steps from one size to the next at which the median time grows",
                Steps(ordered, point => point.Milliseconds),
                "",
                $"{ordered.Count - 1} of {ordered.Count - 1}"
            );
            Check(
                $"{points.Key}: steps at which the intervals of the median time do not even touch",
                ordered.Zip(ordered.Skip(1)).Count(pair => pair.First.Timing.EndToEnd.P50High < pair.Second.Timing.EndToEnd.P50Low),
                "",
                ""
            );
            Check($"{points.Key}: steps at which accuracy grows", Steps(ordered, point => point.Accuracy.Value), "", "most");
            Check(
                $"{points.Key}: accuracy at the largest size less that at the smallest",
                100 * (ordered[^1].Accuracy.Value - ordered[0].Accuracy.Value),
                "points",
                "above 0"
            );
            Check(
                $"{points.Key}: time for the model alone per million multiply-accumulates, largest size over smallest",
                ordered[^1].Timing.Model.P50 / ordered[^1].Macs / (ordered[0].Timing.Model.P50 / ordered[0].Macs),
                "ratio",
                "about 1"
            );
        }

        foreach (var milliseconds in Budgets)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"budget of {milliseconds} ms");
            try
            {
                var (_, budget) = BudgetChooser
                    .ChooseAsync(
                        photos.Only("train"),
                        new RetrainOptions
                        {
                            Out = "unused",
                            Recipe = recipe,
                            Encodings = quantize,
                        },
                        new SizeBudget { Milliseconds = milliseconds, Sides = sides },
                        new StepLines()
                    )
                    .GetAwaiter()
                    .GetResult();
                var chosen = budget.Trials.Single(trial => trial.Side == budget.Side);
                Check($"{name} as {budget.Encoding}: size chosen", budget.Side, "pixels", "");
                Check(
                    $"{name}: upper end of its 95th percentile",
                    chosen.High,
                    "ms",
                    string.Create(CultureInfo.InvariantCulture, $"at most {milliseconds}")
                );
            }
            catch (BudgetException exception)
            {
                Console.Error.WriteLine(exception.Message);
                Check($"{name}: sizes that fit (refused)", 0, "", "");
            }
        }

        AtomicFile.WriteText(BenchmarkData.Results("sizes-checks.csv"), checks.ToString());
    }

    private static string Csv(SizeFrontier frontier)
    {
        var csv = new StringBuilder(
            "recipe,side,encoding,accuracy,accuracyLow,accuracyHigh,rocAuc,msFileToAnswer,msLow,msHigh,p95,p95High,msModel,"
                + "megabytes,macs,dominatedBy,samples,measuredOn,machine\n"
        );
        foreach (var point in frontier.Points)
        {
            var (whole, model) = (point.Timing.EndToEnd, point.Timing.Model);
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{RecipeCatalog.DefaultName},{point.Side},{point.Encoding},{point.Accuracy.Value:0.0000},{point.Accuracy.Low:0.0000},"
                    + $"{point.Accuracy.High:0.0000},{point.RocAuc!.Value:0.0000},"
            );
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{whole.P50:0.000},{whole.P50Low:0.000},{whole.P50High:0.000},{whole.P95:0.000},{whole.P95High:0.000},{model.P50:0.000},"
                    + $"{point.Bytes / 1e6:0.00},{point.Macs},{point.DominatedBy},{frontier.Metrics.Samples},voc2007 dev,\"{Machine.Text}"
                    + $"\"\n"
            );
        }

        return csv.ToString();
    }

    private static int Steps(List<SizePoint> ordered, Func<SizePoint, double> value) =>
        ordered.Zip(ordered.Skip(1)).Count(pair => value(pair.Second) > value(pair.First));

    /// <summary>Names each step once.</summary>
    private sealed class StepLines : IProgress<RetrainProgress>
    {
        private string _last = "";

        public void Report(RetrainProgress value)
        {
            if (value.Step != _last)
            {
                Console.Error.WriteLine(_last = value.Step);
            }
        }
    }
}
