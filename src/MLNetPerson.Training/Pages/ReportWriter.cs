using System.Globalization;
using System.Net;
using System.Text.Json;
using MLNetPerson.Files;

namespace MLNetPerson.Training.Pages;

/// <summary>Writes a report as one HTML file that needs nothing else: no network, no other file.</summary>
public static class ReportWriter
{
    /// <summary>No report is larger, whatever the dataset: lists and pictures are cut, and say so.</summary>
    public const int MostBytes = 3_200_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web); // its encoder lets no '<' through

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Write(string path, Report report) => AtomicFile.WriteText(path, ToHtml(report));

    /// <summary>The page: the same report gives the same text.</summary>
    public static string ToHtml(Report report)
    {
        var budget = new PictureBudget();
        List<(string Id, string Name, HtmlBuilder? Content)> sections =
        [
            ("numbers", "The numbers", HeadlineSection.Of(report.Evaluation)),
            ("boxes", "Boxes", BoxesSection.Of(report.Detection, budget)),
            ("threshold", "Where to draw the line", CurvesSection.Of(report.Evaluation)),
            ("tuning", report.Tuning?.Heading ?? "", TuningSection.Of(report.Tuning)),
            ("encodings", "Encodings", EncodingsSection.Of(report.Encodings, report.Refused)),
            ("slices", "By attribute", SlicesSection.Of(report.Slices)),
            ("mistakes", "The worst mistakes", MistakesSection.Of(report.Mistakes, budget)),
            ("data", "The data", FindingsSection.Of(report.Findings, budget)),
            ("provenance", "Where this comes from", ProvenanceSection.Of(report)),
        ];
        var (body, links) = (new HtmlBuilder(), new HtmlBuilder());
        foreach (var (id, name, content) in sections)
        {
            if (content is not null)
            {
                links.Add($"<a href=\"#{id}\">{name}</a>");
                body.Add($"<section id=\"{id}\" aria-labelledby=\"{id}-heading\"><h2 id=\"{id}-heading\">{name}</h2>")
                    .Add(content)
                    .Add($"</section>");
            }
        }

        return Fill(
            Resource("Report.html"),
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["title"] = WebUtility.HtmlEncode(Clip.Text(report.Title)),
                ["lead"] = WebUtility.HtmlEncode(Clip.Text(report.Lead, 600)),
                ["links"] = links.ToString(),
                ["body"] = body.ToString(),
                ["style"] = Resource("Report.css"),
                ["library"] = Resource("chart.js"),
                ["script"] = Resource("Report.js"),
                ["data"] = JsonSerializer.Serialize(ChartData.Of(report), Json),
            }
        );
    }

    /// <summary>Replaces <c>{{name}}</c>, each once and in order, so that nothing inside a value is taken for a place.</summary>
    private static string Fill(string template, Dictionary<string, string> values)
    {
        var parts = template.Split("{{");
        return parts[0]
            + string.Concat(
                parts
                    .Skip(1)
                    .Select(part =>
                    {
                        var end = part.IndexOf("}}", StringComparison.Ordinal);
                        return values[part[..end]] + part[(end + 2)..];
                    })
            );
    }

    private static string Resource(string name)
    {
        using var stream = new StreamReader(
            typeof(ReportWriter).Assembly.GetManifestResourceStream($"reports/{name}")
                ?? throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"The assembly was built without reports/{name}.")
                )
        );
        return stream.ReadToEnd();
    }
}
