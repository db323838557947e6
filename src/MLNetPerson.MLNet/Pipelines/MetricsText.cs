using System.Globalization;
using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>ML.NET's metrics in one line, for notebooks and logs: their own <c>ToString</c> gives the class's name.</summary>
public static class MetricsText
{
    /// <summary>For example "accuracy 0.931, ROC AUC 0.974, F1 0.921, log loss 0.185".</summary>
    /// <remarks>ML.NET gives the log loss in bits; here it is in nats, as everywhere in this product.</remarks>
    public static string Describe(this CalibratedBinaryClassificationMetrics metrics) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Describe((BinaryClassificationMetrics)metrics)}, log loss {metrics.LogLoss * Math.Log(2):0.000}"
        );

    /// <summary>For example "accuracy 0.931, ROC AUC 0.974, F1 0.921".</summary>
    public static string Describe(this BinaryClassificationMetrics metrics) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"accuracy {metrics.Accuracy:0.000}, ROC AUC {metrics.AreaUnderRocCurve:0.000}, F1 {metrics.F1Score:0.000}"
        );

    /// <summary>Several folds as mean and spread, for example "5 folds: accuracy 0.925 ± 0.008, ROC AUC 0.971 ± 0.004".</summary>
    public static string Describe<T>(this IReadOnlyList<Microsoft.ML.TrainCatalogBase.CrossValidationResult<T>> folds)
        where T : BinaryClassificationMetrics =>
        $"{folds.Count} folds: accuracy {Spread(folds.Select(fold => fold.Metrics.Accuracy))}, ROC AUC "
        + $"{Spread(folds.Select(fold => fold.Metrics.AreaUnderRocCurve))}";

    private static string Spread(IEnumerable<double> values)
    {
        double[] all = [.. values];
        var mean = all.Average();
        var deviation = all.Length < 2 ? 0 : Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1));
        return string.Create(CultureInfo.InvariantCulture, $"{mean:0.000} ± {deviation:0.000}");
    }
}
