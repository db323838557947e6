using System.Collections.Immutable;
using System.Text;
using MLNetPerson.Testing;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Reports;

namespace MLNetPerson.Training.Tests.Reports;

public sealed class ReportWriterTests
{
    [Fact]
    public void The_same_report_gives_the_same_page() =>
        Assert.Equal(ReportWriter.ToHtml(SampleReport.Whole()), ReportWriter.ToHtml(SampleReport.Whole()));

    [Fact]
    public void Parts_come_in_the_order_in_which_one_reads()
    {
        var html = ReportWriter.ToHtml(SampleReport.Whole());

        string[] parts =
        [
            "<h1>",
            "id=\"numbers\"",
            "id=\"threshold\"",
            "id=\"encodings\"",
            "id=\"slices\"",
            "id=\"mistakes\"",
            "id=\"data\"",
            "id=\"provenance\"",
        ];
        int[] places = [.. parts.Select(part => html.IndexOf(part, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Parts_that_are_missing_are_left_out()
    {
        var html = ReportWriter.ToHtml(
            new Report
            {
                Title = "bare",
                Lead = "nothing",
                Provenance = [],
            }
        );

        Assert.DoesNotContain("id=\"numbers\"", html);
        Assert.Contains("id=\"provenance\"", html);
    }

    [Fact]
    public void Pictures_of_one_kind_give_the_curves_that_they_can()
    {
        double[] probabilities = [0.2, 0.7, 0.9];
        bool[] labels = [true, true, true];
        var evaluation = new ReportEvaluation(
            Evaluator.Evaluate(probabilities, labels, 0.5),
            [.. probabilities],
            [.. labels],
            "persons only"
        );

        var html = ReportWriter.ToHtml(SampleReport.Whole() with { Evaluation = evaluation });

        Assert.DoesNotContain("<canvas id=\"roc\"", html);
        Assert.Contains("<canvas id=\"pr\"", html);
        Assert.Contains("not measurable here", html);
        Assert.DoesNotContain(
            "NaN",
            html[html.IndexOf("<main>", StringComparison.Ordinal)..html.IndexOf("</main>", StringComparison.Ordinal)]
        );
    }

    [Fact]
    public void No_dataset_makes_a_page_that_is_too_large()
    {
        var (probabilities, labels) = SampleReport.Answers(300_000);
        var (long_, noise) = (new string('<', 5000), new byte[90_000]);
        new Random(1).NextBytes(noise);
        ImmutableArray<ReportPicture> pictures =
        [
            .. Enumerable.Range(0, 60).Select(i => new ReportPicture($"{long_}{i}", 0.5, [.. noise], [.. noise])),
        ];
        var finding = new Finding
        {
            Kind = FindingKind.Blurry,
            File = long_,
            Action = CurationAction.Review,
            Score = 1,
            Why = long_,
            Related = [long_, long_, long_, long_],
        };
        var whole = SampleReport.Whole();
        var report = whole with
        {
            Title = long_,
            Lead = long_,
            Recipe = new string('<', 1_000_000),
            Evaluation = new ReportEvaluation(
                Evaluator.Evaluate(probabilities.AsSpan(0, 1000), labels.AsSpan(0, 1000), 0.5),
                [.. probabilities],
                [.. labels],
                long_
            ),
            Slices =
            [
                .. Enumerable.Range(0, 20_000).Select(i => whole.Slices[0] with { Attribute = $"{long_}{i / 30}", Value = long_ + i }),
            ],
            Mistakes = new ReportMistakes(pictures, 10_000, pictures, 10_000, long_),
            Findings = new ReportFindings(
                long_,
                [
                    .. Enum.GetValues<FindingKind>()
                        .Select(kind => new CheckResult(long_, long_, [.. Enumerable.Repeat(finding with { Kind = kind }, 2000)])),
                ],
                ImmutableDictionary<string, ReportPicture>.Empty.Add(long_, pictures[0])
            ),
            Refused = [.. Enumerable.Repeat(new Training.Export.RefusedEncoding(long_, long_), 500)],
            Encodings = [.. Enumerable.Repeat(whole.Encodings[0] with { Encoding = long_, Recovery = [long_, long_] }, 500)],
            Provenance = [.. Enumerable.Repeat(new ReportFact(long_, long_), 2000)],
        };

        Assert.InRange(Encoding.UTF8.GetByteCount(ReportWriter.ToHtml(report)), 1_000_000, ReportWriter.MostBytes);
    }

    [Fact]
    public void A_page_that_cannot_be_written_leaves_the_old_one()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["report.html"]);

        Assert.Throws<IOException>(() => ReportWriter.Write(folder["report.html"], SampleReport.Whole()));
        Assert.Equal(["report.html"], folder.Entries());
    }
}
