using MLNetPerson.Training.Curation;

namespace MLNetPerson.Training.Reports;

/// <summary>What there is to doubt about the pictures.</summary>
internal static class FindingsSection
{
    private const int ShownPerKind = 12;
    private const int MostRelated = 3;
    private const int MostChecks = 40;

    public static HtmlBuilder? Of(ReportFindings? findings, PictureBudget budget)
    {
        if (findings is null)
        {
            return null;
        }

        var html = new HtmlBuilder().Add($"<p>{Clip.Text(findings.About, 600)}</p>");
        var kinds = findings.Checks.SelectMany(check => check.Findings).GroupBy(finding => finding.Kind).ToList();
        var most = kinds.Select(kind => kind.Count()).DefaultIfEmpty(1).Max();
        if (findings.Checks.Length > 0)
        {
            html.Add(
                $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What was checked\"><table class=\"checks ",
                $"stack\"><thead><tr><th scope=\"col\">Check</th><th scope=\"col\">Findings</th><th scope=\"col\">What was looked ",
                $"at</th></tr></thead><tbody>"
            );
            foreach (var check in findings.Checks.Take(MostChecks))
            {
                html.Add(
                    $"<tr><th scope=\"row\">{Clip.Text(check.Check, 80)}</th><td data-name=\"Findings\">{check.Findings.Length:N0}<div ",
                    $"class=\"bar\" aria-hidden=\"true\"><i style=\"left:0;width:",
                    $"{100.0 * check.Findings.Length / Math.Max(most, check.Findings.Length):0.0}%\"></i></div></td><td ",
                    $"class=\"long\" data-name=\"Looked at\">{Clip.Text(check.About, 400)}</td></tr>"
                );
            }

            html.Add($"</tbody></table></div>");
        }

        foreach (var kind in kinds)
        {
            var count = kind.Count();
            html.Add(
                $"<details{(kinds[0] == kind ? " open" : "")}><summary>{kind.Key} <small>",
                $"{(count > ShownPerKind ? $"the strongest {ShownPerKind} of {count:N0}" : $"{count}")}</small></summary><ul ",
                $"class=\"findings\">"
            );
            foreach (var finding in kind.Take(ShownPerKind))
            {
                Row(html, finding, findings, budget);
            }

            html.Add($"</ul></details>");
        }

        return html;
    }

    private static void Row(HtmlBuilder html, Finding finding, ReportFindings findings, PictureBudget budget)
    {
        html.Add($"<li>");
        if (findings.Pictures.TryGetValue(finding.File, out var picture) && budget.Address(picture.Photo) is { } photo)
        {
            html.Add($"<img src=\"{photo}\" alt=\"{Clip.File(finding.File)}\">");
        }

        html.Add($"<div><b>{(finding.File.Length == 0 ? "the dataset" : Clip.File(finding.File))}</b><p>{Clip.Text(finding.Why)}</p>");
        if (!finding.Related.IsEmpty)
        {
            html.Add(
                $"<p class=\"note\">with {string.Join(", ", finding.Related.Take(MostRelated).Select(file => Clip.File(file, 60)))}",
                $"{(finding.Related.Length > MostRelated ? $" and {finding.Related.Length - MostRelated} more" : "")}</p>"
            );
        }

        html.Add($"</div></li>");
    }
}
