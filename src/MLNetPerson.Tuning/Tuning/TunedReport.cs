using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Pages;
using MLNetPerson.Training.Pages.Plots;

namespace MLNetPerson.Tuning;

/// <summary>The page of a tuned retrain: that of every retrain, with the curves and what tuning gained.</summary>
public static class TunedReport
{
    /// <summary>Of a tuned retrain; its package is opened.</summary>
    /// <param name="result">What it did.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static Report Of(TunedRetrainResult result, CancellationToken cancellation = default) =>
        ReportFactory.Of(result.Retrain, cancellation) with
        {
            Tuning = new ReportTuning(Lead(result), Facts(result), Curves(result.Report)),
        };

    /// <summary>What tuning gained on held-out pictures, in one sentence.</summary>
    public static string Lead(TunedRetrainResult result)
    {
        var (before, after, both) = (result.Before.Accuracy.Value, result.Retrain.Evaluation.Accuracy.Value, result.Comparison);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"On {both.Samples} held-out pictures the frozen backbone is right on {100 * before:0.0} %, the tuned one on {100 * after:0.0} "
                + $"%: {both.Gained} wrong answers became right and {both.Lost} right ones wrong (McNemar, p = {both.PValue:0.000})."
        );
    }

    private static ImmutableArray<ReportFact> Facts(TunedRetrainResult result)
    {
        var report = result.Report;
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        return
        [
            new ReportFact(
                "Trained below the head",
                Text($"{report.TrainedValues:N0} numbers; the first {report.FrozenLayers} weighted layers are frozen")
            ),
            new ReportFact(
                "Pictures",
                Text($"{report.TrainingPictures:N0} to learn from, {report.CalibrationPictures:N0} to stop by and to fit the head on again")
            ),
            new ReportFact(
                "Kept",
                Text(
                    $"the averaged weights of epoch {report.Best} of {report.Options.Epochs}{(report.Stopped is { } why ? $"; {why}" : "")}"
                )
            ),
            new ReportFact(
                "Pace",
                Text($"{report.PicturesPerSecond:0.0} pictures a second; {100 * report.WaitedForBatches:0.0} % of it waiting for pictures")
            ),
            new ReportFact(
                "Torch against ONNX Runtime",
                Text($"largest difference of a logit {report.Parity.Before:0.0e+0} before and {report.Parity.After:0.0e+0} after")
            ),
            .. report.Notes.Select(note => new ReportFact("Note", note)),
        ];
    }

    private static ImmutableArray<LinePlot> Curves(TuningReport report)
    {
        var last = Math.Max(1, report.Epochs[^1].Epoch);
        var losses = report.Epochs.SelectMany(epoch => new[] { epoch.Loss, epoch.TrainingLoss }).Where(double.IsFinite).ToList();
        var rates = report.Epochs.Select(epoch => epoch.Rate * 1e4).ToList();
        ImmutableArray<(double, double)> Points(Func<EpochReport, double> value) =>
            [.. report.Epochs.Select(epoch => ((double)epoch.Epoch, value(epoch)))];
        return
        [
            new LinePlot
            {
                Title = "Loss",
                X = "epoch",
                Y = "mean log loss",
                XRange = (0, last),
                YRange = (0, losses.Max() * 1.1),
                Mark = report.Best,
                Series =
                [
                    new PlotSeries("held-out labels", Points(epoch => epoch.Loss)),
                    new PlotSeries("varied, mixed targets", Points(epoch => epoch.TrainingLoss)),
                ],
            },
            new LinePlot
            {
                Title = "Pictures that the backbone did not see",
                X = "epoch",
                Y = "share",
                XRange = (0, last),
                YRange = (Math.Floor(20 * report.Epochs.Min(epoch => Math.Min(epoch.Accuracy, epoch.RocAuc))) / 20, 1.0001),
                Mark = report.Best,
                Series =
                [
                    new PlotSeries("accuracy", Points(epoch => epoch.Accuracy)),
                    new PlotSeries("ROC AUC", Points(epoch => epoch.RocAuc)),
                ],
            },
            new LinePlot
            {
                Title = "Learning rate",
                X = "epoch",
                Y = "1e-4",
                XRange = (0, last),
                YRange = (0, Math.Max(rates.Max(), 1e-6) * 1.1),
                Series = [new PlotSeries("at the epoch's end", Points(epoch => epoch.Rate * 1e4))],
            },
        ];
    }
}
