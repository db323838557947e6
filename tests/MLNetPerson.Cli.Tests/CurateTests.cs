using System.Text.Json;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

public sealed class CurateTests(CliFixture fixture) : IClassFixture<CliFixture>
{
    private readonly Cli _cli = fixture.Cli;
    private readonly TinyWorld _world = fixture.World;

    [Fact]
    public void From_class_folders_to_a_split_and_a_card()
    {
        var imported = _cli.Run(
            "curate",
            "import",
            $"tiny={_world.Pictures}",
            "--out",
            _world["set"],
            "--licence",
            "tiny=CC0",
            "--quota",
            "tiny=15/14"
        );
        var csv = _world["set/dataset.csv"];
        var checkedOut = _cli.Run(
            "curate",
            "check",
            csv,
            "--out",
            _world["findings"],
            "--recipe",
            fixture.Recipe,
            "--accept",
            "LabelNoise"
        );
        var applied = _cli.Run("curate", "apply", csv, _world["findings/review.csv"], "--out", _world["set/curated.csv"], "--json");
        var split = _cli.Run(
            "curate",
            "split",
            _world["set/curated.csv"],
            "--out",
            _world["set/split.csv"],
            "--recipe",
            fixture.Recipe,
            "--parts",
            "train=0.6,test=0.4",
            "--by",
            "source",
            "--json"
        );
        var again = _cli.Run(
            "curate",
            "split",
            _world["set/split.csv"],
            "--out",
            _world["set/again.csv"],
            "--recipe",
            fixture.Recipe,
            "--parts",
            "train=0.6,test=0.4"
        );
        var card = _cli.Run("curate", "card", _world["set/split.csv"], "--out", _world["set"]);

        Assert.Equal(
            (0, 0, 0, 0, 0, 0),
            (imported.ExitCode, checkedOut.ExitCode, applied.ExitCode, split.ExitCode, again.ExitCode, card.ExitCode)
        );
        Assert.Contains("tiny (Folders): 15 with a person, 14 without; left out: 11 quota", imported.Output);
        Assert.Contains("curate apply", checkedOut.Output);
        Assert.True(File.Exists(_world["findings/review.html"]));
        Assert.Contains("what there is to doubt", File.ReadAllText(_world["findings/report.html"]));
        Assert.Equal(29, JsonDocument.Parse(applied.Output).RootElement.GetProperty("before").GetInt32());
        Assert.StartsWith("review_line,action,file,from,to,finding,why\n", File.ReadAllText(_world["set/curated.changes.csv"]));
        Assert.Equal(
            ["train", "test"],
            JsonDocument.Parse(split.Output).RootElement.GetProperty("parts").EnumerateArray().Select(part => part.GetString())
        );
        Assert.Equal(File.ReadAllText(_world["set/split.csv"]), File.ReadAllText(_world["set/again.csv"]));
        Assert.Contains("- Label rule: person from 0.005 of 224 x 224 squash, left out from 0.001.", card.Output);
        Assert.Contains("| CC0 | 29 | ", card.Output);
        Assert.Equal(
            64,
            JsonDocument.Parse(File.ReadAllText(_world["set/dataset.json"])).RootElement.GetProperty("sha256").GetString()!.Length
        );
    }

    [Fact]
    public void Next_writes_a_sheet()
    {
        for (var i = 0; i < 5; i++)
        {
            _world.Write($"inbox/{i}.png", ImageWriter.EncodePng(CuratedPictures.Drawn(900 + i, i % 2)));
        }

        var outcome = _cli.Run(
            "curate",
            "next",
            _world["inbox"],
            "--package",
            _world.PackagePath,
            "--count",
            "3",
            "--out",
            _world["sheet.html"],
            "--labelled",
            fixture.Labels,
            "--json"
        );

        Assert.Equal((0, 3), (outcome.ExitCode, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal(3, File.ReadAllText(_world["sheet.html"]).Split("data:image/jpeg;base64,").Length - 1);
    }

    [Fact]
    public void Evaluate_slices_and_retrain_balances()
    {
        _world.Write(
            "pictures/sliced.csv",
            "file,label,weather\n"
                + string.Concat(
                    Directory
                        .GetFiles(_world.Pictures, "*.png", SearchOption.AllDirectories)
                        .Order(StringComparer.Ordinal)
                        .Select(
                            (file, i) =>
                                $"{Path.GetRelativePath(_world.Pictures, file)},{(file.Contains("/person/") ? 1 : 0)},"
                                + $"{(i % 3 == 0 ? "rain" : "sun")}\n"
                        )
                )
        );

        var text = _cli.Run("evaluate", _world.PackagePath, _world["pictures/sliced.csv"], "--slice", "weather", "--slice", "brightness");
        var json = _cli.Run("evaluate", _world.PackagePath, _world["pictures/sliced.csv"], "--slice", "weather", "--json");
        var balanced = _cli.Run(
            "retrain",
            _world["pictures/sliced.csv"],
            "--recipe",
            fixture.Recipe,
            "--balance",
            "weather",
            "--out",
            _world["balanced"]
        );

        Assert.Equal((0, 0, 0), (text.ExitCode, json.ExitCode, balanced.ExitCode));
        Assert.Matches(@"by weather +n  recall +behind the best +n  false alarms +behind the best\nrain ", text.Output);
        Assert.Contains("by brightness", text.Output);
        Assert.Equal(
            ["rain", "sun"],
            JsonDocument
                .Parse(json.Output)
                .RootElement.GetProperty("slices")
                .EnumerateArray()
                .Select(slice => slice.GetProperty("value").GetString())
        );
        Assert.Contains(
            "Reweighed so that all values of 'weather' count alike. On the same pictures, without it and with it:",
            balanced.Output
        );
    }

    [Theory]
    [InlineData("curate|import|no/such|--out|OUT", "There is no file or folder 'no/such'.")]
    [InlineData(
        "curate|import|PICTURES|--out|OUT|--quota|other=3",
        "--quota names a source 'other' that is not there. The sources: pictures."
    )]
    [InlineData("curate|import|PICTURES|--out|OUT|--quota|pictures=x", "'x' is not a quota.")]
    [InlineData(
        "curate|import|PICTURES|--out|OUT|--min-person-pixels|tiny",
        "--min-person-pixels 'tiny' is neither a number nor small or medium."
    )]
    [InlineData(
        "curate|import|PICTURES|--out|OUT|--min-person-area|2",
        "The label rule has faults: the smallest person's area is 2, outside 0 to 1."
    )]
    [InlineData("curate|check|no/such|--out|OUT", "There is no file or folder 'no/such'.")]
    [InlineData("curate|apply|LABELS|LABELS|--out|OUT", "has no column accept")]
    [InlineData("curate|apply|LABELS|LABELS|--out|LABELS", "is the dataset itself. Name another file")]
    [InlineData("curate|split|LABELS|--out|OUT|--parts|a=2", "'a=2' does not divide a dataset.")]
    [InlineData("curate|split|LABELS|--out|OUT|--seed|x", "--seed 'x' is neither a number nor 'best'.")]
    [InlineData("curate|split|LABELS|--out|OUT|--by|x", "There is no attribute 'x' in 'pictures'.")]
    [InlineData("curate|next|no/such|--package|PACKAGE|--out|OUT", "There is no folder 'no/such' with unlabelled pictures.")]
    [InlineData("curate|next|PICTURES|--package|PACKAGE|--out|OUT|--count|0", "--count 0: at least one picture is to be chosen.")]
    [InlineData(
        "evaluate|PACKAGE|LABELS|--slice|x",
        "There is no attribute 'x' to slice by. There are: brightness, person-size, sharpness."
    )]
    [InlineData("retrain|LABELS|--recipe|RECIPE|--out|OUT|--balance|x", "There is nothing to balance by 'x': no picture has it.")]
    public void Bad_input_ends_in_1_with_a_sentence(string arguments, string expected)
    {
        var labels = Sha256Text.OfFile(fixture.Labels);
        var outcome = _cli.Run([
            .. arguments
                .Split('|')
                .Select(argument =>
                    argument switch
                    {
                        "PICTURES" => _world.Pictures,
                        "LABELS" => fixture.Labels,
                        "RECIPE" => fixture.Recipe,
                        "PACKAGE" => _world.PackagePath,
                        "OUT" => _world["never"],
                        _ => argument,
                    }
                ),
        ]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(expected, outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error);
        Assert.False(Directory.Exists(_world["never"]) || File.Exists(_world["never"]));
        Assert.Equal(labels, Sha256Text.OfFile(fixture.Labels));
    }
}
