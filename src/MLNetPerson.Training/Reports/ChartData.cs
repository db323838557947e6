using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Reports;

/// <summary>What the page's script draws from: plain numbers, as small as a reader can tell apart.</summary>
internal static class ChartData
{
    /// <summary>Points of a curve: more than a screen has columns help nobody.</summary>
    private const int MostPoints = 800;

    /// <summary>Steps of the slider from 0 to 1.</summary>
    private const int Steps = 1000;

    public static object Of(Report report) =>
        new
        {
            evaluation = report.Evaluation is { } evaluation ? Curves(evaluation) : null,
            encodings = report.Encodings.Take(EncodingsSection.Most).Select(Encoding),
        };

    private static object Curves(ReportEvaluation evaluation)
    {
        var probabilities = evaluation.Probabilities.AsSpan();
        var labels = evaluation.Labels.AsSpan();
        var sweep = new ThresholdSweep(probabilities, labels);
        var points = sweep.Points(MostPoints).Select(point => point.Confusion).ToList();
        var steps = Enumerable.Range(0, Steps + 1).Select(step => sweep.At(step / (double)Steps)).ToList();
        return new
        {
            evaluation.Numbers.Threshold,
            own = Step(sweep.At(evaluation.Numbers.Threshold)),
            sweep.Persons,
            sweep.Others,
            rocAuc = Round(evaluation.Numbers.RocAuc.Value),
            averagePrecision = Round(evaluation.Numbers.AveragePrecision.Value),
            calibrationError = Round(evaluation.Numbers.ExpectedCalibrationError),
            roc = points.Select(point => new[] { Round(point.FalseAlarmRate.Value), Round(point.Recall.Value) }).Where(Finite),
            pr = points.Select(point => new[] { Round(point.Recall.Value), Round(point.Precision.Value) }).Where(Finite),
            steps = steps.Select(Step),
            calibration = CalibrationCurve
                .Of(probabilities, labels)
                .Select(bin =>
                    new[]
                    {
                        Round(bin.MeanProbability)!.Value,
                        Round(bin.Persons.Value)!.Value,
                        Round(bin.Persons.Interval.Low)!.Value,
                        Round(bin.Persons.Interval.High)!.Value,
                        bin.Samples,
                    }
                ),
        };
    }

    /// <summary>Four counts, then accuracy, recall, precision and false alarms with their intervals.</summary>
    private static object[] Step(ConfusionMatrix counts) =>
        [
            counts.TruePositive,
            counts.FalseNegative,
            counts.FalsePositive,
            counts.TrueNegative,
            .. new[] { counts.Accuracy, counts.Recall, counts.Precision, counts.FalseAlarmRate }.Select(rate =>
                (object)new[] { Round(rate.Value), Round(rate.Interval.Low), Round(rate.Interval.High) }
            ),
        ];

    private static object Encoding(EncodingReport report) =>
        new
        {
            name = Clip.Text(report.Encoding, 40),
            megabytes = Round(report.Bytes / 1e6),
            report.FloatBytes,
            points = Round(report.Points),
            speed = report.Latency.IsEmpty ? null : Round(report.Latency[0].Speed),
        };

    private static bool Finite(double?[] point) => point.All(value => value is not null);

    private static double? Round(double value) => double.IsFinite(value) ? Math.Round(value, 6) : null;
}
