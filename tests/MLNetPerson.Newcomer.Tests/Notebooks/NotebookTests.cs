using System.Text.Json;
using MLNetPerson.Newcomer.Tests.Packages;
using MLNetPerson.Testing;

namespace MLNetPerson.Newcomer.Tests.Notebooks;

public sealed class NotebookTests(NotebookRuns runs) : IClassFixture<NotebookRuns>
{
    private const int MostCells = 14;

    private static readonly string[] Names =
    [
        "01-first-prediction.ipynb",
        "02-curate-a-dataset.ipynb",
        "03-retrain-and-read-the-numbers.ipynb",
        "04-quantize-and-choose-an-encoding.ipynb",
        "05-fairness-slices.ipynb",
        "06-mlnet-pipeline.ipynb",
        "07-to-the-pi.ipynb",
        "09-tune-below-the-head.ipynb",
    ];

    public static TheoryData<string> All => [.. Names];

    [Theory, MemberData(nameof(All))]
    public void It_runs_from_top_to_bottom_and_its_prose_is_true(string name)
    {
        var (outcome, faults) = runs.Results[name];

        Assert.True(outcome is "right" or "written", faults);
    }

    [Fact]
    public void There_is_no_other() =>
        Assert.Equal(
            Names,
            Directory.GetFiles(Repository.At("notebooks"), "*.ipynb").Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );

    [Theory, MemberData(nameof(All))]
    public void It_is_a_notebook_that_others_can_open(string name)
    {
        // What nbformat 4.5's schema asks of a document of C# and prose.
        var root = JsonDocument.Parse(File.ReadAllText(Repository.At($"notebooks/{name}"))).RootElement;

        Assert.Equal(
            (4, 5, ".net-csharp"),
            (
                root.GetProperty("nbformat").GetInt32(),
                root.GetProperty("nbformat_minor").GetInt32(),
                root.GetProperty("metadata").GetProperty("kernelspec").GetProperty("name").GetString()
            )
        );
        Assert.Equal(["cells", "metadata", "nbformat", "nbformat_minor"], root.EnumerateObject().Select(property => property.Name));
        var cells = root.GetProperty("cells").EnumerateArray().ToList();
        Assert.InRange(cells.Count, 5, MostCells);
        Assert.Equal(cells.Count, cells.Select(cell => cell.GetProperty("id").GetString()).Distinct().Count());
        Assert.All(
            cells,
            cell =>
            {
                Assert.Matches("^[a-zA-Z0-9-_]{1,64}$", cell.GetProperty("id").GetString());
                Assert.Equal(JsonValueKind.Object, cell.GetProperty("metadata").ValueKind);
                Assert.All(cell.GetProperty("source").EnumerateArray().SkipLast(1), line => Assert.EndsWith("\n", line.GetString()));
                string[] properties =
                    cell.GetProperty("cell_type").GetString() == "code"
                        ? ["cell_type", "execution_count", "id", "metadata", "outputs", "source"]
                        : ["cell_type", "id", "metadata", "source"];
                Assert.Equal(properties, cell.EnumerateObject().Select(property => property.Name));
            }
        );
        Assert.All(
            cells
                .Where(cell => cell.GetProperty("cell_type").GetString() == "code")
                .SelectMany(cell => cell.GetProperty("outputs").EnumerateArray()),
            output =>
                Assert.Equal(
                    output.GetProperty("output_type").GetString() switch
                    {
                        "stream" => ["name", "output_type", "text"],
                        "display_data" => ["data", "metadata", "output_type"],
                        "execute_result" => (string[])["data", "execution_count", "metadata", "output_type"],
                        var other => [$"no {other} is kept"],
                    },
                    output.EnumerateObject().Select(property => property.Name)
                )
        );
    }

    [Theory, MemberData(nameof(All))]
    public void It_keeps_drawings_and_no_photographs(string name)
    {
        var text = File.ReadAllText(Repository.At($"notebooks/{name}"));

        Assert.DoesNotContain("image/jpeg", text);
        Assert.DoesNotContain("<img data-photograph", text);
        Assert.InRange(new FileInfo(Repository.At($"notebooks/{name}")).Length, 1, 200_000);
    }

    [Theory, MemberData(nameof(All))]
    public void It_keeps_what_its_cells_show(string name)
    {
        var code = JsonDocument
            .Parse(File.ReadAllText(Repository.At($"notebooks/{name}")))
            .RootElement.GetProperty("cells")
            .EnumerateArray()
            .Where(cell => cell.GetProperty("cell_type").GetString() == "code")
            .ToList();

        Assert.Equal(Enumerable.Range(1, code.Count), code.Select(cell => cell.GetProperty("execution_count").GetInt32()));
        Assert.True(code.Count(cell => cell.GetProperty("outputs").GetArrayLength() > 0) >= code.Count - 1);
        Assert.Contains("<svg", File.ReadAllText(Repository.At($"notebooks/{name}")));
    }

    [Fact]
    public void A_notebook_that_is_wrong_is_told_why()
    {
        using var folder = new TempFolder();
        string Write(string name, string code, string prose) =>
            folder.Write(
                $"{name}.ipynb",
                JsonSerializer.Serialize(
                    new
                    {
                        cells = new object[]
                        {
                            new
                            {
                                cell_type = "code",
                                execution_count = 1,
                                id = "a",
                                metadata = new { },
                                outputs = Array.Empty<object>(),
                                source = new[] { code },
                            },
                            new
                            {
                                cell_type = "markdown",
                                id = "b",
                                metadata = new { },
                                source = new[] { prose },
                            },
                        },
                        metadata = new { },
                        nbformat = 4,
                        nbformat_minor = 5,
                    }
                )
            );

        var outcome = NotebookRuns.Run(
            "--feed",
            PackedFeed.Shared.Path,
            Write("1-fine", "var x = 2.5;", "It is 2.6<!-- x ± 0.2 --> and `7` or [three](3.html)."),
            Write("2-off", "var x = 2.5;", "It is 3.1 %<!-- x ± 0.5 -->."),
            Write("3-unmarked", "var x = 2.5;", "It is 2.5, says ML.NET 5."),
            Write("4-throws", "int.Parse(\"x\");", ""),
            Write("5-no-code", "this is not C#", ""),
            Write("6-shows", "display(HTML(\"<b>x</b>\"));", ""),
            Write("7-unknown", "var x = 1;", "It is 2<!-- y ± 1 -->."),
            Write("8-no-package", "#r \"nuget: MLNetPerson.Nowhere, 0.1.0\"", "")
        );

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(
            """
            1-fine\.ipynb +right, [\d.]+ s
            2-off\.ipynb +failed, [\d.]+ s
              the prose says 3\.1, 'x' is 2\.5 \(0\.5 allowed\)
            3-unmarked\.ipynb +failed, [\d.]+ s
              '2\.5' in the prose has no comment that says what it is a value of: It is 2\.5, says ML\.NET 5\.
              '5' in the prose has no comment .*
            4-throws\.ipynb +failed, [\d.]+ s
              code cell 1: System\.FormatException: .*
            5-no-code\.ipynb +failed, [\d.]+ s
              code cell 1: \(1,\d+\): error CS\d+: .*
            6-shows\.ipynb +failed, [\d.]+ s
              code cell 1 shows \[display_data text/html\], the notebook keeps \[\]: execute it again with --write
            7-unknown\.ipynb +failed, [\d.]+ s
              the prose's 'y': .*error CS0103.*
            8-no-package\.ipynb +failed, [\d.]+ s
              code cell 1: .*MLNetPerson\.Nowhere.*
            """.ReplaceLineEndings("\n"),
            outcome.Output
        );
    }

    [Fact]
    public void Writing_puts_in_what_a_run_gave()
    {
        using var folder = new TempFolder();
        var path = folder.Write(
            "x.ipynb",
            """
            {"cells":[{"cell_type":"code","execution_count":null,"id":"a","metadata":{},"outputs":[],"source":["Console.WriteLine(\"said\");\n","display(HTML(\"<img data-photograph=\\\"a.jpg\\\" src=\\\"data:image/jpeg;base64,AAAA\\\">\"));\n","1 + 1"]},
            {"cell_type":"markdown","id":"b","metadata":{},"source":["It is 0.0<!-- 2.0 / 3 ± 0.1 -->."]}],"metadata":{},"nbformat":4,"nbformat_minor":5}
            """
        );

        Assert.Equal(0, NotebookRuns.Run("--write", path).ExitCode);
        var cells = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("cells");
        var outputs = cells[0].GetProperty("outputs");
        Assert.Equal("said\n", outputs[0].GetProperty("text")[0].GetString());
        Assert.Contains(
            "photograph a.jpg:<br>run this cell to see it",
            outputs[1].GetProperty("data").GetProperty("text/html")[0].GetString()
        );
        Assert.Equal(
            "<div class=\"dni-plaintext\"><pre>2</pre></div>",
            outputs[2].GetProperty("data").GetProperty("text/html")[0].GetString()
        );
        Assert.Equal("It is 0.7<!-- 2.0 / 3 ± 0.1 -->.", cells[1].GetProperty("source")[0].GetString());
    }
}
