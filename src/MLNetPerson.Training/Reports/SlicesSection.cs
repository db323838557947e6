using System.Collections.Immutable;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Reports;

/// <summary>How the model does on parts of the pictures: a mean hides who pays for it.</summary>
internal static class SlicesSection
{
    private const int MostRows = 200;
    private const string Persons = "Persons";
    private const string Recall = "Recall";
    private const string Behind = "Behind the best";
    private const string Others = "Without a person";
    private const string Alarms = "False alarms";
    private const string More = "More than the best";

    public static HtmlBuilder? Of(ImmutableArray<SliceResult> slices)
    {
        if (slices.IsEmpty)
        {
            return null;
        }

        var html = new HtmlBuilder().Add(
            $"<p>Bars show 95 % intervals from 0 to 100 %. A flag marks a gap to the best value of the attribute that chance does not ",
            $"explain: its interval, widened for all comparisons, leaves out 0.</p>"
        );
        foreach (var attribute in slices.Take(MostRows).GroupBy(slice => slice.Attribute))
        {
            // An attribute that only persons have says nothing of false alarms.
            var (persons, others) = (attribute.Any(slice => slice.Persons > 0), attribute.Any(slice => slice.None > 0));
            html.Add(
                $"<h3>By {Clip.Text(attribute.Key, 80)}</h3><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"By ",
                $"{Clip.Text(attribute.Key, 80)}\"><table class=\"slices stack\"><thead><tr><th scope=\"col\">Value</th>"
            );
            html.Add(
                persons
                    ? $"<th scope=\"col\">{Persons}</th><th scope=\"col\">{Recall}</th><th scope=\"col\">{Behind}</th>"
                    : (FormattableString)$""
            );
            html.Add(
                    others
                        ? $"<th scope=\"col\">{Others}</th><th scope=\"col\">{Alarms}</th><th scope=\"col\">{More}</th>"
                        : (FormattableString)$""
                )
                .Add($"</tr></thead><tbody>");
            foreach (var slice in attribute)
            {
                html.Add($"<tr><th scope=\"row\">{Clip.Text(slice.Value, 80)}</th>");
                if (persons)
                {
                    Half(html, slice.Persons, slice.Recall, slice.RecallGap, (Persons, Recall, Behind));
                }

                if (others)
                {
                    Half(html, slice.None, slice.FalseAlarmRate, slice.FalseAlarmGap, (Others, Alarms, More));
                }

                html.Add($"</tr>");
            }

            html.Add($"</tbody></table></div>");
        }

        return slices.Length <= MostRows
            ? html
            : html.Add($"<p class=\"note\">{slices.Length - MostRows} more rows are left out here; the verb prints them all.</p>");
    }

    private static void Half(HtmlBuilder html, int count, Estimate rate, SliceGap? gap, (string Count, string Rate, string Gap) names)
    {
        if (count == 0)
        {
            html.Add($"<td data-name=\"{names.Count}\">0</td><td data-name=\"{names.Rate}\">–</td><td data-name=\"{names.Gap}\">–</td>");
            return;
        }

        html.Add(
            $"<td data-name=\"{names.Count}\">{count:N0}</td><td data-name=\"{names.Rate}\">{Percent.Of(rate)}<div class=\"bar\" ",
            $"aria-hidden=\"true\"><i style=\"left:{100 * rate.Interval.Low:0.0}%;width:",
            $"{Math.Max(1, 100 * (rate.Interval.High - rate.Interval.Low)):0.0}%\"></i></div></td>"
        );
        if (gap is not { } some)
        {
            html.Add($"<td data-name=\"{names.Gap}\">best</td>");
        }
        else if (some.ExcludesParity)
        {
            html.Add(
                $"<td data-name=\"{names.Gap}\"><span class=\"flag\">⚑ {100 * some.Value:+0.0;−0.0} points</span> <small>(",
                $"{Percent.Points(some.Interval)})</small></td>"
            );
        }
        else
        {
            html.Add(
                $"<td data-name=\"{names.Gap}\">{100 * some.Value:+0.0;−0.0;0.0} points <small>({Percent.Points(some.Interval)}",
                $")</small></td>"
            );
        }
    }
}
