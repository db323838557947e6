namespace MLNetPerson.Training.Reports;

/// <summary>All that is needed to do it again, and to know that it is the same.</summary>
internal static class ProvenanceSection
{
    private const int MostFacts = 60;

    public static HtmlBuilder Of(Report report)
    {
        var html = new HtmlBuilder().Add($"<dl class=\"facts\">");
        foreach (var fact in report.Provenance.Take(MostFacts))
        {
            html.Add($"<dt>{Clip.Text(fact.Name, 80)}</dt><dd>{Clip.Text(fact.Value, 500)}</dd>");
        }

        html.Add($"</dl>");
        return report.Recipe is null
            ? html
            : html.Add(
                $"<details><summary>The recipe as it was run</summary><pre tabindex=\"0\">{Clip.Text(report.Recipe, 20_000)}",
                $"</pre></details>"
            );
    }
}
