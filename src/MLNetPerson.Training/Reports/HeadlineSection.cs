using System.Globalization;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Reports;

/// <summary>The numbers that everybody asks for first, each with its interval and what it means.</summary>
internal static class HeadlineSection
{
    public static HtmlBuilder? Of(ReportEvaluation? evaluation)
    {
        if (evaluation is not { Numbers: var numbers })
        {
            return null;
        }

        var html = new HtmlBuilder().Add(
            $"<p>On {numbers.Confusion.Total:N0} pictures: {Clip.Text(evaluation.Source)}. Brackets hold 95 % intervals; the bars show ",
            $"them from 0 to 1.</p><div class=\"tiles\">"
        );
        Tile(html, "Accuracy", numbers.Accuracy, percent: true, "answers that are right");
        Tile(html, "Recall", numbers.Recall, percent: true, "persons that are found");
        Tile(html, "Precision", numbers.Precision, percent: true, "answers “person” that are right");
        Tile(html, "F1", numbers.F1, percent: false, "harmonic mean of recall and precision");
        Tile(html, "ROC AUC", numbers.RocAuc, percent: false, "how often a person ranks above a picture without one");
        Tile(html, "Average precision", numbers.AveragePrecision, percent: false, "area under the precision–recall curve");
        Tile(html, "Brier score", numbers.Brier, percent: false, "mean squared error of the probability; lower is better");
        Tile(
            html,
            "Calibration error",
            new Estimate(numbers.ExpectedCalibrationError, new Interval(double.NaN, double.NaN)),
            percent: false,
            "expected, over 15 bins; lower is better"
        );
        return html.Add($"</div>");
    }

    private static void Tile(HtmlBuilder html, string name, Estimate estimate, bool percent, string about)
    {
        var known = double.IsFinite(estimate.Value);
        var value =
            !known ? "–"
            : percent ? Percent.Of(estimate.Value)
            : estimate.Value.ToString("0.000", CultureInfo.InvariantCulture);
        html.Add($"<div class=\"tile\"><h3>{name}</h3><p class=\"value\">{value}</p>");
        if (known && double.IsFinite(estimate.Interval.Low))
        {
            var (low, high) = (Math.Clamp(estimate.Interval.Low, 0, 1), Math.Clamp(estimate.Interval.High, 0, 1));
            var ends = percent
                ? Percent.Of(estimate.Interval)
                : string.Create(CultureInfo.InvariantCulture, $"{estimate.Interval.Low:0.000}–{estimate.Interval.High:0.000}");
            html.Add(
                $"<p class=\"ends\">({ends})</p><div class=\"bar\" aria-hidden=\"true\"><i style=\"left:{100 * low:0.0}%;width:",
                $"{Math.Max(1, 100 * (high - low)):0.0}%\"></i></div>"
            );
        }
        else
        {
            html.Add($"<p class=\"ends\">{(known ? "no interval" : "not measurable here")}</p>");
        }

        html.Add($"<p class=\"about\">{about}</p></div>");
    }
}
