using System.Globalization;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Reports;

/// <summary>Shares as a reader likes them.</summary>
internal static class Percent
{
    /// <summary>For example "92.5 %"; a dash where nothing could be measured.</summary>
    public static string Of(double share) =>
        double.IsFinite(share) ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %") : "–";

    /// <summary>For example "90.7–94.0".</summary>
    public static string Of(Interval interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0}–{100 * interval.High:0.0}");

    /// <summary>A difference's interval in points, for example "−7.2 to 10.7".</summary>
    public static string Points(Interval interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0;−0.0;0.0} to {100 * interval.High:0.0;−0.0;0.0}");

    /// <summary>For example "92.5 % (90.7–94.0)".</summary>
    public static string Of(Estimate estimate) => double.IsFinite(estimate.Value) ? $"{Of(estimate.Value)} ({Of(estimate.Interval)})" : "–";
}
