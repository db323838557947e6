using System.Globalization;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Pages.Plots;

namespace MLNetPerson.Training.Pages;

/// <summary>Draws a search for thresholds of suppression: what was measured against the IoU threshold, one curve for each score
/// threshold.</summary>
public static class SuppressionChart
{
    private const int MostCurves = 6;

    /// <summary>The chart as SVG; a vertical line marks the pair that was kept.</summary>
    public static string Draw(SuppressionFrontier frontier)
    {
        var points = frontier.Points;
        var scores = points.Select(point => point.ScoreThreshold).Distinct().Order().ToList();
        var shown = scores.Where(
            (score, i) => i % ((scores.Count + MostCurves - 1) / MostCurves) == 0 || score == frontier.Chosen.ScoreThreshold
        );
        var (low, high) = (points.Min(point => point.Value), points.Max(point => point.Value));
        var (left, right) = (points.Min(point => point.IouThreshold), points.Max(point => point.IouThreshold));
        return new LinePlot
        {
            Title = string.Create(
                CultureInfo.InvariantCulture,
                $"{frontier.Measure} by the threshold of suppression, {frontier.Pictures} pictures"
            ),
            X = "IoU threshold",
            Y = frontier.Measure.ToString(),
            XRange = (left, right > left ? right : left + 0.01),
            YRange = (low, high > low ? high : low + 0.01),
            Mark = frontier.Chosen.IouThreshold,
            Series =
            [
                .. shown
                    .Take(MostCurves)
                    .Select(score => new PlotSeries(
                        string.Create(CultureInfo.InvariantCulture, $"score above {score}"),
                        [
                            .. points
                                .Where(point => point.ScoreThreshold == score)
                                .OrderBy(point => point.IouThreshold)
                                .Select(point => (point.IouThreshold, point.Value)),
                        ]
                    )),
            ],
        }.ToHtml();
    }
}
