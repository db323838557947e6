using System.Text.Json;
using System.Xml.Linq;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>The way to a device: export, sizes, budgets.</summary>
public sealed class DeviceVerbTests : IClassFixture<DeviceVerbTests.AnySize>
{
    private readonly AnySize _fixture;

    public DeviceVerbTests(AnySize fixture) => _fixture = fixture;

    [Fact]
    public void Export_writes_a_bundle_and_calls_an_estimate_an_estimate()
    {
        using var folder = new TempFolder();
        var ready = Repository.At("models/person");

        var text = _fixture.Cli.Run(
            "export",
            ready,
            "--for",
            "linux-arm64",
            "--out",
            folder["bundle"],
            "--encoding",
            "int8-portable",
            "fp16"
        );
        var json = _fixture.Cli.Run(
            "export",
            ready,
            "--for",
            "linux-arm64",
            "--out",
            folder["bundle"],
            "--encoding",
            "int8-portable",
            "--json"
        );

        Assert.True(text.ExitCode == 0, text.Error);
        Assert.Contains("Recommended there: int8-portable", text.Output);
        Assert.Contains("10 golden answers reproduced here (int8-portable, fp16).", text.Output);
        Assert.Contains("ESTIMATED, not measured", text.Output);
        Assert.Contains("To measure, on the device: node selftest.js --time 10 --threads 4", text.Output);
        var root = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal(
            (0, "linux-arm64", 5),
            (json.ExitCode, root.GetProperty("target").GetString(), root.GetProperty("goldensReproduced").GetInt32())
        );
        Assert.StartsWith("ESTIMATE, not measured", root.GetProperty("estimates").GetProperty("method").GetString());
        Assert.True(File.Exists(folder["bundle/selftest.js"]));
    }

    [Fact]
    public void Sizes_are_compared_and_drawn_and_a_second_run_finds_them()
    {
        var world = _fixture.World;
        string[] arguments =
        [
            "bench",
            world.PackagePath,
            "--sizes",
            "32,64",
            "--data",
            world.Pictures,
            "--seconds",
            "0.02",
            "--encodings",
            "fp16",
        ];

        var text = _fixture.Cli.Run([.. arguments, "--plot", world["sizes.svg"]]);
        var json = _fixture.Cli.Run([.. arguments, "--json"]);

        Assert.True(text.ExitCode == 0, text.Error);
        Assert.Matches(
            @"\n  32 float32 +[01]\.\d{4} \([01]\.\d{4}–[01]\.\d{4}\) +[01]\.\d{4} +\d+\.\d\d \(\d+\.\d\d–\d+\.\d\d\) +\d+\.\d\d  \d+\.\d\d \(.*(on the frontier|no better than \d\d \w+)\n",
            text.Output
        );
        Assert.Equal("svg", XDocument.Load(world["sizes.svg"]).Root!.Name.LocalName);
        var root = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal([32, 64], root.GetProperty("upToDate").EnumerateArray().Select(side => side.GetInt32()));
        Assert.Equal(
            ["32 float32", "32 fp16", "64 float32", "64 fp16"],
            root.GetProperty("points")
                .EnumerateArray()
                .Select(point => $"{point.GetProperty("side")} {point.GetProperty("encoding").GetString()}")
        );
        Assert.Equal("held-out", root.GetProperty("source").GetString());
        Assert.Contains("64: head, held-out pictures, encodings", text.Error);
        Assert.DoesNotContain("64: head", json.Error);
        Assert.Contains("64: there already", json.Error);
    }

    [Fact]
    public void A_budget_chooses_the_size_and_is_recorded()
    {
        var world = _fixture.World;

        var outcome = _fixture.Cli.Run(
            "retrain",
            world.Pictures,
            "--recipe",
            _fixture.Recipe,
            "--out",
            world["budgeted"],
            "--budget-ms",
            "500",
            "--sizes",
            "32,64"
        );
        var refused = _fixture.Cli.Run(
            "retrain",
            world.Pictures,
            "--recipe",
            _fixture.Recipe,
            "--out",
            world["never"],
            "--budget-ms",
            "0.0001",
            "--sizes",
            "32,64"
        );
        var estimated = _fixture.Cli.Run(
            "retrain",
            world.Pictures,
            "--recipe",
            _fixture.Recipe,
            "--out",
            world["estimated"],
            "--budget-ms",
            "500",
            "--budget-on",
            "pi5",
            "--sizes",
            "32"
        );

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("Budget of 500 ms as float32 on ", outcome.Output);
        Assert.Contains("<- chosen: the most accurate that fits", outcome.Output);
        Assert.Contains("Another machine's times are others, a Raspberry Pi's above all", outcome.Output);
        var manifest = ModelPackage.Open(world["budgeted"]).Manifest;
        Assert.Equal(
            (500, PackageBudget.Measured, manifest.Input.Width),
            (manifest.Budget!.Milliseconds, manifest.Budget.Basis, manifest.Budget.Side)
        );
        Assert.Equal(manifest.Budget.Side, (int)manifest.Recipe["input"]!["width"]!);
        Assert.Contains("  budget       500 ms as float32 on ", _fixture.Cli.Run("inspect", world["budgeted"]).Output);
        Assert.Equal((2, false), (refused.ExitCode, Directory.Exists(world["never"])));
        Assert.Contains("refused: Nothing fits a budget of 0.0001 ms. The fastest of 32, 64 is ", refused.Error);
        Assert.Equal(0, estimated.ExitCode);
        Assert.Contains("on Raspberry Pi 5 (Cortex-A76), ESTIMATED: the model alone", estimated.Output);
        Assert.Contains("Nobody measured that.", estimated.Output);
    }

    [Theory]
    [InlineData("export|PACKAGE|--for|windows|--out|OUT", "Bundles are not made for 'windows'. They are made for: linux-arm64.")]
    [InlineData("export|no/such|--for|linux-arm64|--out|OUT", "There is no folder 'no/such'.")]
    [InlineData("export|PACKAGE|--for|linux-arm64|--out|PICTURES", "holds files but no bundle.json, so it is not a bundle to be replaced.")]
    [InlineData("export|PACKAGE|--for|linux-arm64|--out|OUT|--encoding|int4", "has no encoding 'int4'; it has float32.")]
    [InlineData("bench", "bench needs the folder of a package")]
    [InlineData("bench|--sizes|32", "bench --sizes needs the folder of a package, whose recipe it takes, or --recipe.")]
    [InlineData("bench|PACKAGE|--sizes|32", "bench --sizes needs pictures to retrain on: name them by --data.")]
    [InlineData(
        "bench|PACKAGE|--sizes|32|--data|PICTURES|--encoding|fp16",
        "--encoding does not go with --sizes; encodings to compare are named by --encodings."
    )]
    [InlineData("bench|PACKAGE|--sizes|32|--data|PICTURES|--starts|2", "--starts does not go with --sizes.")]
    [InlineData("bench|PACKAGE|--data|PICTURES", "--data goes with --sizes")]
    [InlineData("bench|PACKAGE|--sizes|32,big|--data|PICTURES", "'big' is not a whole number of pixels.")]
    [InlineData("bench|PACKAGE|--sizes|32,50|--data|PICTURES", "50: sizes are multiples of 32, from 32 to 4096.")]
    [InlineData("bench|PACKAGE|--sizes|32|--data|PICTURES|--threads|1|2", "compares at one number of threads")]
    [InlineData("retrain|PICTURES|--recipe|RECIPE|--out|OUT|--budget-ms|-1", "-1 ms are outside 0 to 60000")]
    [InlineData(
        "retrain|PICTURES|--recipe|RECIPE|--out|OUT|--budget-ms|5|--size|64",
        "--size and --budget-ms both say how large the input is."
    )]
    [InlineData("retrain|PICTURES|--recipe|RECIPE|--out|OUT|--budget-on|pi4", "--budget-on and --sizes go with --budget-ms")]
    [InlineData(
        "retrain|PICTURES|--recipe|RECIPE|--out|OUT|--budget-ms|5|--budget-on|pi3",
        "there are no published timings of a board 'pi3' (pi4, pi5)"
    )]
    public void Bad_input_ends_in_1_with_a_sentence(string arguments, string expected)
    {
        var world = _fixture.World;
        var outcome = _fixture.Cli.Run([
            .. arguments
                .Split('|')
                .Select(argument =>
                    argument switch
                    {
                        "PICTURES" => world.Pictures,
                        "RECIPE" => _fixture.Recipe,
                        "PACKAGE" => world.PackagePath,
                        "OUT" => world["nowhere"],
                        _ => argument,
                    }
                ),
        ]);

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(expected, outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error);
        Assert.False(Directory.Exists(world["nowhere"]));
    }

    [Theory, InlineData("export"), InlineData("bench")]
    public void Every_verbs_help_has_an_example(string verb) =>
        Assert.Contains($"Example: mlnetperson {verb}", _fixture.Cli.Run(verb, "--help").Output);

    /// <summary>A world whose backbone takes inputs of any size, and a package of it.</summary>
    public sealed class AnySize : IDisposable
    {
        public AnySize()
        {
            World.Write(
                "tiny.recipe.json",
                $$"""
                {
                  "name": "tiny", "backbone": "{{World.BackbonePath}}", "input": { "width": 32, "height": 32, "resize": "squash" },
                  "features": [ { "tap": "shallow", "pooling": "max", "window": 2 }, { "tap": "deep", "pooling": "average" } ],
                  "head": { "folds": 4 }
                }
                """
            );
            World.Retrain();
        }

        public TinyWorld World { get; } = new(anySize: true);

        public Cli Cli { get; } = new();

        public string Recipe => World["tiny.recipe.json"];

        public void Dispose()
        {
            Cli.Dispose();
            World.Dispose();
        }
    }
}
