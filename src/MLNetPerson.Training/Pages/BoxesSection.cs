using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Pages.Plots;

namespace MLNetPerson.Training.Pages;

/// <summary>A detector's numbers, its precision–recall curve, and its worst mistakes with boxes.</summary>
internal static class BoxesSection
{
    public static HtmlBuilder? Of(ReportDetection? detection, PictureBudget budget)
    {
        if (detection is not { Numbers: var numbers })
        {
            return null;
        }

        var html = new HtmlBuilder().Add(
            $"<p>{numbers.Persons:N0} persons in {numbers.Pictures:N0} pictures: {Clip.Text(detection.Source)}. {numbers.Ignored:N0} ",
            $"annotated ",
            $"boxes are ignored (difficult ones and crowds). Brackets hold 95 % intervals.</p><div class=\"tiles\">"
        );
        Tile(html, "AP50", numbers.Ap50, "average precision at an overlap of 0.5");
        Tile(html, "AP", numbers.Ap, "mean over the overlaps 0.5, 0.55 … 0.95");
        Tile(html, "AP small", numbers.ApSmall, "persons below 32 × 32 pixels");
        Tile(html, "AP medium", numbers.ApMedium, "persons from 32 × 32 to 96 × 96 pixels");
        Tile(html, "AP large", numbers.ApLarge, "persons above 96 × 96 pixels");
        Tile(
            html,
            "Recall",
            numbers.Recall,
            string.Create(
                CultureInfo.InvariantCulture,
                $"with {numbers.FalsePerPicture} false boxes a picture (probability from {numbers.RecallThreshold:0.000} on)"
            )
        );
        Tile(html, "Log-average miss rate", numbers.LogAverageMissRate, "from 0.01 to 1 false boxes a picture; lower is better");
        html.Add($"</div><h3>Precision and recall at an overlap of 0.5</h3>").AddDrawing(Curve(numbers));
        html.Add($"<p>Orange boxes were found, blue ones were annotated.</p>");
        Gallery(html, "False boxes", detection.FalseBoxes, detection.FalseBoxesInAll, "There was no false box.", budget);
        Gallery(html, "Missed persons", detection.Missed, detection.MissedInAll, "No person was missed.", budget);
        return html;
    }

    private static string Curve(DetectionReport numbers) =>
        new LinePlot
        {
            Title = "Precision and recall",
            X = "recall",
            Y = "precision, interpolated",
            Series = [new PlotSeries("overlap 0.5", [.. numbers.Precision.Select((precision, i) => (i / 100.0, precision))])],
        }.ToHtml();

    private static void Tile(HtmlBuilder html, string name, Estimate estimate, string about)
    {
        var known = double.IsFinite(estimate.Value);
        html.Add(
            $"<div class=\"tile\"><h3>{name}</h3><p ",
            $"class=\"value\">{(known ? estimate.Value.ToString("0.000", CultureInfo.InvariantCulture) : "–")}",
            $"</p><p class=\"ends\">",
            known ? (FormattableString)$"({estimate.Interval.Low:0.000}–{estimate.Interval.High:0.000})" : $"not measurable here",
            $"</p><p class=\"about\">{about}</p></div>"
        );
    }

    private static void Gallery(
        HtmlBuilder html,
        string name,
        ImmutableArray<ReportPicture> pictures,
        int inAll,
        string otherwise,
        PictureBudget budget
    )
    {
        html.Add($"<h3>{name} <small>{inAll} at the package’s threshold</small></h3>");
        if (pictures.IsEmpty)
        {
            html.Add($"<p>{otherwise}</p>");
            return;
        }

        html.Add($"<div class=\"gallery\">");
        foreach (var picture in pictures)
        {
            var (photo, file) = (budget.Address(picture.Photo), Clip.File(picture.File));
            html.Add($"<figure class=\"pair\"><div>");
            html.Add(photo is null ? $"<p class=\"gone\">not shown</p>" : (FormattableString)$"<img src=\"{photo}\" alt=\"{file}\">");
            html.Add($"</div><figcaption><b>{picture.Probability:0.000}</b> <span>{file}</span></figcaption></figure>");
        }

        html.Add($"</div>");
    }
}
