using System.Collections.Immutable;
using MLNetPerson.Training.Pages.Plots;

namespace MLNetPerson.Training.Pages;

/// <summary>How the weights below the head were learned, for a report.</summary>
/// <param name="Lead">What tuning gained, in a sentence or two.</param>
/// <param name="Facts">What was frozen, how long it ran, and the like.</param>
/// <param name="Curves">Loss, accuracy and learning rate by epoch.</param>
public sealed record ReportTuning(string Lead, ImmutableArray<ReportFact> Facts, ImmutableArray<LinePlot> Curves)
{
    /// <summary>Above the section.</summary>
    public string Heading { get; init; } = "Tuned below the head";
}

/// <summary>The curves of a tuning, as drawings: they need no script.</summary>
internal static class TuningSection
{
    public static HtmlBuilder? Of(ReportTuning? tuning)
    {
        if (tuning is null)
        {
            return null;
        }

        var html = new HtmlBuilder().Add($"<p>{Clip.Text(tuning.Lead, 600)}</p>").Add($"<div class=\"charts\">");
        foreach (var curve in tuning.Curves)
        {
            html.Add($"<figure class=\"panel\">").AddDrawing(curve.ToHtml()).Add($"</figure>");
        }

        html.Add($"</div><dl class=\"facts\">");
        foreach (var fact in tuning.Facts)
        {
            html.Add($"<dt>{Clip.Text(fact.Name, 80)}</dt><dd>{Clip.Text(fact.Value, 500)}</dd>");
        }

        return html.Add($"</dl>");
    }
}
