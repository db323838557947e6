using MLNetPerson.Packaging;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Retraining;

/// <summary>From an evaluation to what a manifest says of it.</summary>
internal static class MetricsMapping
{
    public static PackageMetrics ToPackage(EvaluationReport report, string source)
    {
        var values = new SortedDictionary<string, PackageMetric>(StringComparer.Ordinal)
        {
            ["expectedCalibrationError"] = new PackageMetric(report.ExpectedCalibrationError, null, null),
        };
        (string Name, Estimate Estimate)[] estimates =
        [
            ("accuracy", report.Accuracy),
            ("precision", report.Precision),
            ("recall", report.Recall),
            ("f1", report.F1),
            ("rocAuc", report.RocAuc),
            ("averagePrecision", report.AveragePrecision),
            ("logLoss", report.LogLoss),
            ("brier", report.Brier),
        ];

        // What could not be measured (recall without a person, say) is left out: JSON has no NaN, and 0 would be a lie.
        foreach (var (name, estimate) in estimates.Where(entry => double.IsFinite(entry.Estimate.Value)))
        {
            values[name] = new PackageMetric(estimate.Value, Finite(estimate.Interval.Low), Finite(estimate.Interval.High));
        }

        return new PackageMetrics(source, report.Confusion.Total, values);
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
