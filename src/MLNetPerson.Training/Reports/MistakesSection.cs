using System.Collections.Immutable;

namespace MLNetPerson.Training.Reports;

/// <summary>Wrong answers to look at, each beside what the model looked at.</summary>
internal static class MistakesSection
{
    private const int MostPictures = 60;

    public static HtmlBuilder? Of(ReportMistakes? mistakes, PictureBudget budget)
    {
        if (mistakes is null)
        {
            return null;
        }

        var html = new HtmlBuilder().Add($"<p>{Clip.Text(mistakes.About, 600)}</p>");
        html.Add($"<p class=\"legend\"><span>against a person</span><i aria-hidden=\"true\"></i><span>for a person</span></p>");
        Gallery(html, "Missed persons", mistakes.Missed, mistakes.MissedInAll, "No person was missed.", budget);
        Gallery(html, "False alarms", mistakes.FalseAlarms, mistakes.FalseAlarmsInAll, "There was no false alarm.", budget);
        return html;
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
        if (inAll == 0)
        {
            html.Add($"<h3>{name}</h3><p>{otherwise}</p>");
            return;
        }

        html.Add(
            $"<h3>{name} <small>{(pictures.Length < inAll ? $"the surest {pictures.Length} of {inAll}" : $"all {inAll}")}</small></h3><div ",
            $"class=\"gallery\">"
        );
        foreach (var picture in pictures.Take(MostPictures))
        {
            html.Add($"<figure class=\"pair\"><div>");
            var (photo, file) = (budget.Address(picture.Photo), Clip.File(picture.File));
            html.Add(photo is null ? $"<p class=\"gone\">not shown</p>" : (FormattableString)$"<img src=\"{photo}\" alt=\"{file}\">");
            if (photo is not null && budget.Address(picture.Heat) is { } heat)
            {
                html.Add($"<img src=\"{heat}\" alt=\"Heat map of {file}\">");
            }

            html.Add($"</div><figcaption><b>{picture.Probability:0.000}</b> <span>{file}</span></figcaption></figure>");
        }

        html.Add($"</div>");
    }
}
