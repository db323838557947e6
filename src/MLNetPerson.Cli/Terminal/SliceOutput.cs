using System.Globalization;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Retraining;
using static MLNetPerson.Cli.Terminal.ResultLines;

namespace MLNetPerson.Cli.Terminal;

/// <summary>Slices, and what reweighing cost, as text and as JSON.</summary>
internal static class SliceOutput
{
    private const int MostCapped = 10;

    public static void WriteText(IReadOnlyCollection<SliceResult> slices)
    {
        foreach (var attribute in slices.GroupBy(slice => slice.Attribute))
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine(
                $"{"by " + attribute.Key,-34}{"n",6}  {"recall",-21}{"behind the best",-24}{"n",6}  {"false alarms",-21}behind the "
                    + $"best"
            );
            foreach (var slice in attribute)
            {
                Console.Out.WriteLine(
                    $"{Short(slice.Value),-34}{Half(slice.Persons, slice.Recall, slice.RecallGap)}"
                        + $"{Half(slice.None, slice.FalseAlarmRate, slice.FalseAlarmGap)}".TrimEnd()
                );
            }

            if (attribute.Any(slice => slice.IsFlagged))
            {
                Console.Out.WriteLine("* the interval excludes parity: a difference, not the luck of the draw");
            }
        }
    }

    public static void WriteText(BalanceReport balance)
    {
        Console.Out.WriteLine();
        Console.Out.WriteLine(
            $"Reweighed so that all values of '{balance.Attribute}' count alike. On the same pictures, without it and with it:"
        );
        Line($"{"accuracy",-28}{balance.Without.Accuracy,22} {balance.With.Accuracy,22}");
        Line($"{"ROC AUC",-28}{balance.Without.RocAuc,22} {balance.With.RocAuc,22}");
        foreach (var (without, with) in balance.SlicesWithout.Zip(balance.SlicesWith))
        {
            Line(
                $"{Short("  " + without.Value),-28}recall {Rate(without.Recall),-21}{Rate(with.Recall),-21} false alarms ",
                $"{Rate(without.FalseAlarmRate),-21}{Rate(with.FalseAlarmRate)}"
            );
        }

        if (balance.Capped.Length > 0)
        {
            Console.Out.WriteLine(
                $"too rare for their full weight: {string.Join("; ", balance.Capped.Take(MostCapped))}"
                    + $"{(balance.Capped.Length > MostCapped ? "; …" : "")}"
            );
        }

        Console.Out.WriteLine();
    }

    public static object Json(SliceResult slice) =>
        new
        {
            slice.Attribute,
            slice.Value,
            slice.Persons,
            slice.None,
            Recall = slice.Recall.Value,
            RecallInterval = Ends(slice.Recall.Interval),
            FalseAlarmRate = slice.FalseAlarmRate.Value,
            FalseAlarmRateInterval = Ends(slice.FalseAlarmRate.Interval),
            RecallGap = Json(slice.RecallGap),
            FalseAlarmGap = Json(slice.FalseAlarmGap),
            Flagged = slice.IsFlagged,
        };

    public static object Json(BalanceReport balance) =>
        new
        {
            balance.Attribute,
            AccuracyWithout = balance.Without.Accuracy.Value,
            AccuracyWith = balance.With.Accuracy.Value,
            RocAucWithout = balance.Without.RocAuc.Value,
            RocAucWith = balance.With.RocAuc.Value,
            SlicesWithout = balance.SlicesWithout.Select(Json),
            SlicesWith = balance.SlicesWith.Select(Json),
            Capped = balance.Capped.AsEnumerable(),
        };

    private static object? Json(SliceGap? gap) =>
        gap is { } some
            ? new
            {
                some.Value,
                Interval = Ends(some.Interval),
                some.ExcludesParity,
            }
            : null;

    private static string Half(int count, Estimate rate, SliceGap? gap) =>
        count == 0 ? $"{0,6}  {"",-45}" : string.Create(CultureInfo.InvariantCulture, $"{count,6}  {Rate(rate),-21}{Gap(gap),-24}");

    private static string Gap(SliceGap? gap) =>
        gap is { } some
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{some.Value:+0.000;-0.000} ({some.Interval.Low:0.000}–{some.Interval.High:0.000}){(some.ExcludesParity ? " *" : "")}"
            )
            : "best";

    private static string Rate(Estimate rate) => double.IsNaN(rate.Value) ? "" : rate.ToString();

    private static string Short(string value) => value.Length > 32 ? value[..31] + "…" : value;

    private static double[] Ends(Interval interval) => [interval.Low, interval.High];
}
