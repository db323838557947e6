using System.Globalization;
using System.Text.Json;
using MLNetPerson.Files;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

public sealed class VerbTests(CliFixture fixture) : IClassFixture<CliFixture>
{
    private readonly Cli _cli = fixture.Cli;
    private readonly TinyWorld _world = fixture.World;

    [Fact]
    public void Retrain_writes_a_package_and_its_numbers()
    {
        Assert.Equal(0, fixture.Retrained.ExitCode);
        Assert.Matches(
            @"Measured on 40 pictures, each judged by a head fitted without it:\naccuracy +\d\.\d{4}  \(\d\.\d{4}–\d\.\d{4}\)",
            fixture.Retrained.Output
        );
        Assert.Contains("cross-validating L2 3 in 4 folds", fixture.Retrained.Error);
        Assert.True(File.Exists(Path.Combine(_world.PackagePath, "manifest.json")));
    }

    [Fact]
    public void Retrain_writes_its_report_beside_the_package_and_says_where()
    {
        var report = _world.PackagePath + ".report.html";

        Assert.Contains($"Report: {report} (", fixture.Retrained.Output);
        var html = File.ReadAllText(report);
        Assert.Contains("id=\"threshold\"", html);
        Assert.Contains("each judged by a head that was fitted without it", html);
        Assert.Contains("alt=\"Heat map of ", html);
        Assert.Contains(Sha256Text.OfFile(Path.Combine(_world.PackagePath, "model.onnx")), html);
        // files by their names in the dataset, not by where they lie: reports are sent to others
        Assert.DoesNotContain(_world.Pictures, html);
        Assert.Empty(Directory.GetFiles(_world.PackagePath, "*.html", SearchOption.AllDirectories));
    }

    [Fact]
    public void Evaluate_and_quantize_write_a_report_beside_the_package_or_where_they_are_asked_to()
    {
        var package = Copy("reported");

        var evaluated = _cli.Run(
            "evaluate",
            package,
            fixture.Labels,
            "--split",
            "dev",
            "--slice",
            "sharpness",
            "--report",
            _world["new/evaluated.html"]
        );
        var quantized = _cli.Run(
            "quantize",
            package,
            fixture.Labels,
            "--split",
            "train",
            "--hold-out",
            "dev",
            "--calibration",
            "12",
            "--max-drop",
            "20",
            "--encodings",
            "fp16"
        );
        var silent = _cli.Run(
            "quantize",
            package,
            fixture.Labels,
            "--split",
            "train",
            "--hold-out",
            "dev",
            "--calibration",
            "12",
            "--max-drop",
            "20",
            "--encodings",
            "fp16",
            "--report",
            "none"
        );

        Assert.Equal((0, 0, 0), (evaluated.ExitCode, quantized.ExitCode, silent.ExitCode));
        Assert.Contains("By sharpness", File.ReadAllText(_world["new/evaluated.html"]));
        Assert.False(File.Exists($"{package}.evaluation.html"));
        Assert.Contains($"Report: {package}.evaluation.html (", _cli.Run("evaluate", package, fixture.Labels, "--split", "dev").Output);
        Assert.Contains("The worst mistakes", File.ReadAllText($"{package}.evaluation.html"));
        Assert.Contains($"Report: {package}.encodings.html", quantized.Output);
        Assert.Contains("fp16 (", File.ReadAllText($"{package}.encodings.html"));
        Assert.DoesNotContain("Report:", silent.Output);
    }

    [Fact]
    public void A_report_that_cannot_be_a_file_is_refused_before_any_work()
    {
        var outcome = _cli.Run(
            "retrain",
            _world.Pictures,
            "--recipe",
            fixture.Recipe,
            "--out",
            _world["never"],
            "--report",
            _world.Pictures
        );

        Assert.Equal((1, false), (outcome.ExitCode, Directory.Exists(_world["never"])));
        Assert.Contains($"error: --report '{_world.Pictures}' is a folder; name a file", outcome.Error);
    }

    [Fact]
    public void Retrain_with_a_held_out_split_reports_on_it()
    {
        var outcome = _cli.Run(
            "retrain",
            fixture.Labels,
            "--recipe",
            fixture.Recipe,
            "--split",
            "train",
            "--hold-out",
            "dev",
            "--json",
            "--out",
            _world["held"]
        );

        var json = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal(
            (0, 30, 10, "held-out"),
            (
                outcome.ExitCode,
                json.GetProperty("samples").GetInt32(),
                json.GetProperty("evaluated").GetInt32(),
                json.GetProperty("evaluationSource").GetString()
            )
        );
    }

    [Fact]
    public void Retrain_on_one_core_gives_the_same_bytes_as_on_all()
    {
        var outcome = _cli.Run(
            ["retrain", _world.Pictures, "--recipe", fixture.Recipe, "--out", _world["onecore"]],
            environment: new() { ["DOTNET_PROCESSOR_COUNT"] = "1" }
        );

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(
            Sha256Text.OfFile(Path.Combine(_world.PackagePath, "model.onnx")),
            Sha256Text.OfFile(Path.Combine(_world["onecore"], "model.onnx"))
        );
    }

    [Fact]
    public void Retrain_says_which_trainer_it_was()
    {
        string Trainer(params string[] options)
        {
            var outcome = _cli.Run([
                "retrain",
                _world.Pictures,
                "--recipe",
                fixture.Recipe,
                "--out",
                _world["trained"],
                "--json",
                .. options,
            ]);
            Assert.Equal(0, outcome.ExitCode);
            Assert.Equal(
                JsonDocument.Parse(outcome.Output).RootElement.GetProperty("trainer").GetString(),
                MLNetPerson.Packaging.ModelPackage.Open(_world["trained"]).Manifest.Trainer
            );
            return MLNetPerson.Packaging.ModelPackage.Open(_world["trained"]).Manifest.Trainer;
        }

        Assert.Equal("builtin", Trainer("--trainer", "builtin"));
        Assert.Equal("mlnet:lbfgs", Trainer());
        Assert.Equal("mlnet:lbfgs", Trainer("--trainer", "mlnet"));
        Assert.Equal("mlnet:sdca", Trainer("--trainer", "mlnet:sdca"));
    }

    [Fact]
    public void Retrain_refuses_trainers_whose_models_are_not_linear()
    {
        var outcome = _cli.Run(
            "retrain",
            _world.Pictures,
            "--recipe",
            fixture.Recipe,
            "--out",
            _world["never"],
            "--trainer",
            "mlnet:lightgbm"
        );

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("refused: --trainer mlnet:lightgbm makes no linear model", outcome.Error);
        Assert.False(Directory.Exists(_world["never"]));
    }

    [Fact]
    public void Retrain_lists_the_trainers_there_are()
    {
        var outcome = _cli.Run("retrain", _world.Pictures, "--recipe", fixture.Recipe, "--out", _world["never"], "--trainer", "forest");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("error: There is no trainer 'forest'. There ", outcome.Error);
    }

    [Fact]
    public void Evaluate_prints_one_object_with_all_that_was_promised()
    {
        var outcome = _cli.Run("evaluate", _world.PackagePath, fixture.Labels, "--split", "dev", "--json");

        var json = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal((0, 10), (outcome.ExitCode, json.GetProperty("samples").GetInt32()));
        foreach (
            var name in new[]
            {
                "accuracy",
                "precision",
                "recall",
                "f1",
                "rocAuc",
                "averagePrecision",
                "logLoss",
                "expectedCalibrationError",
                "threshold",
                "imagesPerSecond",
            }
        )
        {
            Assert.Equal(JsonValueKind.Number, json.GetProperty(name).ValueKind);
        }

        var confusion = json.GetProperty("confusion");
        Assert.Equal(
            10,
            new[] { "truePositive", "falsePositive", "trueNegative", "falseNegative" }.Sum(name => confusion.GetProperty(name).GetInt32())
        );
        Assert.Equal(2, json.GetProperty("accuracyInterval").GetArrayLength());
        Assert.Equal(0, json.GetProperty("skipped").GetArrayLength());
    }

    [Fact]
    public void Evaluate_lists_pictures_that_are_missing()
    {
        _world.Write("pictures/gap.csv", "file,label\nperson/000.png,1\nnone/001.png,0\ngone.png,1\n");

        var outcome = _cli.Run("evaluate", _world.PackagePath, _world["pictures/gap.csv"], "--json");

        var skipped = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("skipped");
        Assert.Equal((0, "gone.png"), (outcome.ExitCode, skipped[0].GetProperty("file").GetString()));
        Assert.StartsWith("Could not find file", skipped[0].GetProperty("reason").GetString());
        Assert.Equal(1, _cli.Run("evaluate", _world.PackagePath, _world["pictures/gap.csv"], "--max-bad", "0").ExitCode);
    }

    [Fact]
    public void Predict_answers_for_files_folders_and_stdin()
    {
        var picture = _world["pictures/person/000.png"];

        var file = _cli.Run("predict", _world.PackagePath, picture, "--json");
        var folder = _cli.Run("predict", _world.PackagePath, _world["pictures/none"], "--json");
        var stdin = _cli.Run(["predict", _world.PackagePath, "-", "--json"], File.ReadAllBytes(picture));

        var answer = JsonDocument.Parse(file.Output).RootElement;
        Assert.Equal((0, picture), (file.ExitCode, answer.GetProperty("file").GetString()));
        Assert.InRange(answer.GetProperty("probability").GetDouble(), 0, 1);
        Assert.Equal(20, folder.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(
            (0, "-", answer.GetProperty("probability").GetDouble()),
            (
                stdin.ExitCode,
                JsonDocument.Parse(stdin.Output).RootElement.GetProperty("file").GetString(),
                JsonDocument.Parse(stdin.Output).RootElement.GetProperty("probability").GetDouble()
            )
        );
    }

    [Fact]
    public void Person_is_the_ready_model_unless_a_package_is_called_so()
    {
        using var folder = new TempFolder();
        var picture = Repository.At("models/person/golden/low.png");
        ProcessRunner.Outcome Here() =>
            ProcessRunner.Run(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll"), "predict", "person", picture],
                folder: folder.Path
            );

        Assert.Matches(@"^none +0\.000  ", Here().Output);
        Directory.CreateDirectory(folder["person"]);
        Assert.Matches(@"^none +0\.000  ", Here().Output);
        Assert.Contains("There is no folder 'person'.", _cli.Run("quantize", "person", fixture.Labels).Error);
    }

    [Fact]
    public void Predict_explains_each_picture_under_a_name_of_its_own()
    {
        var (person, folder) = (_world["pictures/person/000.png"], _world["explained"]);
        _world.Write("explained/000.explained.jpg", File.ReadAllBytes(_world["pictures/none/001.png"]));
        _world.Write("other/000.png", File.ReadAllBytes(_world["pictures/none/003.png"]));
        _world.Write("odd/b.jpg", "text");

        // Two pictures of one name, one that stands where a heat map would go, and a bad one.
        var outcome = _cli.Run(
            "predict",
            _world.PackagePath,
            person,
            _world["other/000.png"],
            _world["odd/b.jpg"],
            Path.Combine(folder, "000.explained.jpg"),
            "--explain",
            folder,
            "--json"
        );

        var lines = outcome
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        var written = lines
            .Where(line => line.TryGetProperty("explained", out _))
            .Select(line => line.GetProperty("explained").GetString()!)
            .ToList();
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("this is text", lines[2].GetProperty("error").GetString());
        Assert.Equal(["000-2.explained.jpg", "000-3.explained.jpg", "000.explained.explained.jpg"], written.Select(Path.GetFileName));
        Assert.All(written, file => Assert.Equal(480, new MLNetPerson.Images.ImageReader().Read(File.ReadAllBytes(file)).Width));
        Assert.Equal(File.ReadAllBytes(_world["pictures/none/001.png"]), File.ReadAllBytes(Path.Combine(folder, "000.explained.jpg")));
        Assert.Equal(4, Directory.GetFiles(folder).Length);
        Assert.Equal(0, _cli.Run(["predict", _world.PackagePath, "-", "--explain", folder], File.ReadAllBytes(person)).ExitCode);
        Assert.True(File.Exists(Path.Combine(folder, "stdin.explained.jpg")));
    }

    [Fact]
    public void Predict_goes_on_past_a_bad_picture_and_does_not_end_in_0()
    {
        _world.Write("odd/a.jpg", "text");
        var good = _world["pictures/person/000.png"];

        var json = _cli.Run("predict", _world.PackagePath, _world["odd/a.jpg"], good, "--json");
        var text = _cli.Run("predict", _world.PackagePath, _world["odd/a.jpg"], good);

        var lines = json
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal((1, 1), (json.ExitCode, text.ExitCode));
        Assert.StartsWith("this is text, not a picture.", lines[0].GetProperty("error").GetString());
        Assert.Equal(good, lines[1].GetProperty("file").GetString());
        Assert.Contains($"error: '{_world["odd/a.jpg"]}': this is text", text.Error);
        Assert.Matches(@"^(person|none) +\d\.\d{3}  ", text.Output);
    }

    [Fact]
    public void Inspect_verifies_goldens_and_shows_the_manifest()
    {
        var outcome = _cli.Run("inspect", _world.PackagePath);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("files        all as promised", outcome.Output);
        Assert.Equal(5, outcome.Output.Split("right").Length - 1);
        Assert.Equal(
            "tiny",
            JsonDocument
                .Parse(_cli.Run("inspect", _world.PackagePath, "--json").Output)
                .RootElement.GetProperty("backbone")
                .GetProperty("name")
                .GetString()
        );
    }

    [Fact]
    public void Quantize_adds_encodings_shows_a_table_and_inspect_lists_layers()
    {
        var quantized = _cli.Run(
            "quantize",
            Copy("quantized"),
            fixture.Labels,
            "--split",
            "train",
            "--hold-out",
            "dev",
            "--calibration",
            "12",
            "--max-drop",
            "20"
        );

        Assert.True(quantized.ExitCode == 0, quantized.Error);
        Assert.Matches(@"int8 +\d\.\d\d +\d\.\d{4} \(", quantized.Output);
        // Which one depends on the processor: the fastest that was measured.
        Assert.Matches(@"Here the package runs as (int8|int8-portable|float32): ", quantized.Output);
        var layers = _cli.Run("inspect", _world["quantized"], "--encoding", "int8");
        Assert.Equal(0, layers.ExitCode);
        Assert.Matches(@"QLinearConv +uint8 +int8 +uint8 +integers", layers.Output);
        Assert.Contains("\"isInteger\": true", _cli.Run("inspect", _world["quantized"], "--encoding", "int8", "--json").Output);
        var evaluated = _cli.Run("evaluate", _world["quantized"], fixture.Labels, "--split", "dev", "--encoding", "weights8");
        Assert.Contains("Encoding weights8: it was asked for.", evaluated.Output);
        Assert.Contains(
            "has no encoding 'int4'; it has float32, int8, int8-portable, fp16, weights8.",
            _cli.Run("predict", _world["quantized"], _world.Pictures, "--encoding", "int4").Error
        );
    }

    [Fact]
    public void An_encoding_that_the_gate_refuses_ends_with_2_and_one_that_is_no_name_with_1()
    {
        string[] arguments = ["quantize", Copy("refusing"), fixture.Labels, "--split", "train", "--hold-out", "dev", "--calibration", "12"];

        var refused = _cli.Run([
            .. arguments,
            "--encodings",
            "int8,fp16",
            "--max-drop",
            "0",
            "--range",
            "percentile",
            "--percentile",
            "50.01",
        ]);
        var unknown = _cli.Run([.. arguments, "--encodings", "int9"]);

        Assert.True(refused.ExitCode == 2, refused.Output + refused.Error);
        Assert.Contains("refused: int8: it judges ", refused.Error);
        Assert.Contains("fp16", refused.Output);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("'int9' is no encoding that can be made (int8, int8-portable, fp16, weights8)", unknown.Error);
    }

    [Fact]
    public void Bench_times_the_package_and_a_fresh_start_of_it()
    {
        var text = _cli.Run("bench", _world.PackagePath, "--seconds", "0.05", "--threads", "1", "--starts", "1");
        var json = _cli.Run("bench", _world.PackagePath, "--seconds", "0.05", "--threads", "1", "2", "--starts", "2", "--json");
        var faulty = _cli.Run("bench", _world.PackagePath, "--threads", "0", "--starts", "0");

        Assert.True(text.ExitCode == 0, text.Error);
        Assert.Matches(@"float32 +1 +\d+\.\d\d \(\d+\.\d\d–\d+\.\d\d\)", text.Output);
        var root = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal([1, 2], root.GetProperty("timings").EnumerateArray().Select(timing => timing.GetProperty("threads").GetInt32()));
        Assert.All(
            root.GetProperty("timings").EnumerateArray(),
            timing =>
            {
                Assert.Equal(
                    ["p50", "p50High", "p50Low", "p95", "p95High", "p95Low", "p99"],
                    timing
                        .GetProperty("endToEnd")
                        .EnumerateObject()
                        .Select(one => one.Name)
                        .Where(one => one.StartsWith('p') && !one.StartsWith("p99L") && !one.StartsWith("p99H"))
                        .Order(StringComparer.Ordinal)
                );
                var fresh = timing.GetProperty("fresh");
                Assert.InRange(fresh.GetProperty("peakMegabytes").GetDouble(), 10, 2000);
                Assert.InRange(
                    fresh.GetProperty("coldStartMilliseconds").GetDouble(),
                    fresh.GetProperty("coldStartLow").GetDouble(),
                    fresh.GetProperty("coldStartHigh").GetDouble()
                );
                Assert.Equal(2, fresh.GetProperty("starts").GetInt32());
            }
        );
        Assert.Equal(MLNetPerson.Inference.CpuFeatures.Current.Flags.Length, root.GetProperty("cpu").GetProperty("flags").GetArrayLength());
        Assert.Equal(
            (1, "error: Options of bench have faults: a number of threads is below 1; 0 starts are outside 1 to 1000.\n"),
            (faulty.ExitCode, faulty.Error)
        );
    }

    [Fact]
    public void Predict_takes_as_many_files_as_fit_on_a_command_line()
    {
        // ONNX Runtime's start recurses over the command line: 32 KB used to overflow the stack and end the process.
        var file = Directory.GetFiles(_world.Pictures, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var files = Enumerable.Repeat(file, 200_000 / file.Length).ToArray();

        var outcome = _cli.Run(["predict", _world.PackagePath, .. files]);

        Assert.True(outcome.ExitCode == 0, outcome.Error[..Math.Min(500, outcome.Error.Length)]);
        Assert.Equal(files.Length, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void A_comma_for_decimals_changes_no_output()
    {
        var german = new Dictionary<string, string?> { ["LC_ALL"] = "de_DE.UTF-8" };
        string[] arguments = ["evaluate", _world.PackagePath, fixture.Labels, "--split", "dev"];

        var (plain, comma) = (_cli.Run(arguments), _cli.Run(arguments, environment: german));

        static string Numbers(string output) => string.Join('\n', output.Split('\n').Where(line => !line.Contains("a second")));
        Assert.Equal(Numbers(plain.Output), Numbers(comma.Output));
        Assert.DoesNotContain(CultureInfo.GetCultureInfo("de-DE").NumberFormat.NumberDecimalSeparator + "9", comma.Output);
    }

    [Fact]
    public void The_size_of_the_input_can_be_chosen()
    {
        // The tiny backbone is fixed to 32 pixels, and says so.
        var outcome = _cli.Run("retrain", _world.Pictures, "--recipe", fixture.Recipe, "--size", "64", "--out", _world["sized"]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("is fixed to [0, 3, 32, 32], 64 x 64 pixels as nchw are wanted.", outcome.Error);
        Assert.False(Directory.Exists(_world["sized"]));
    }

    [Theory]
    [InlineData("retrain|PICTURES|--out|OUT|--recipe|no-such", "There is no recipe 'no-such'")]
    [InlineData("retrain|no/such|--out|OUT", "There is no file or folder 'no/such'.")]
    [InlineData("retrain|LABELS|--out|OUT|--recipe|RECIPE|--split|nope", "has no split 'nope'. Its splits: dev, train.")]
    [InlineData("retrain|LABELS|--out|OUT|--recipe|RECIPE|--hold-out|1.5", "--hold-out 1.5: a fraction lies between 0 and 1.")]
    [InlineData("retrain|LABELS|--out|OUT|--recipe|RECIPE|--split|dev|--hold-out|dev", "Split 'dev' cannot be trained on and held out.")]
    [InlineData("retrain|PICTURES|--out|OUT|--recipe|RECIPE|--threshold|best", "'best' is not a threshold rule.")]
    [InlineData("retrain|PICTURES|--out|OUT|--recipe|RECIPE|--size|0", "input size 0 x 0 is outside 1 to 4096 pixels a side")]
    [InlineData(
        "retrain|PICTURES|--out|PICTURES|--recipe|RECIPE",
        "holds files but no manifest.json, so it is not a package to be replaced."
    )]
    [InlineData("evaluate|no/such|LABELS", "There is no folder 'no/such'.")]
    [InlineData("predict|PACKAGE|EMPTY", "There is no picture in or below '")]
    [InlineData("predict|PACKAGE|-|x.png", "'-' reads one picture from stdin and stands alone.")]
    [InlineData("inspect|PICTURES", "has no manifest.json, so it is not a model package.")]
    public void Bad_input_ends_in_1_with_a_sentence(string arguments, string expected)
    {
        Directory.CreateDirectory(_world["empty"]);
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
                        "EMPTY" => _world["empty"],
                        "OUT" => _world["never"],
                        _ => argument,
                    }
                ),
        ]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(expected, outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error);
        Assert.Empty(outcome.Output);
        Assert.False(Directory.Exists(_world["never"]));
    }

    [Theory, InlineData("predict"), InlineData("retrain x"), InlineData("fly"), InlineData("retrain x --out y --sise 3")]
    public void Wrong_usage_ends_in_1(string arguments) => Assert.Equal(1, _cli.Run(arguments.Split(' ')).ExitCode);

    [Fact]
    public void A_changed_package_is_refused()
    {
        Copy("changed");
        var model = File.ReadAllBytes(_world["changed/model.onnx"]);
        model[^1] ^= 1;
        File.WriteAllBytes(_world["changed/model.onnx"], model);

        var outcome = _cli.Run("predict", _world["changed"], _world["pictures/person/000.png"]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("'model.onnx' has SHA-256 ", outcome.Error);
    }

    [Fact]
    public void Without_npm_the_demo_says_what_to_do()
    {
        // A PATH on which there is dotnet and nothing else.
        using var folder = new TempFolder();
        File.CreateSymbolicLink(folder["dotnet"], Environment.ProcessPath!);
        using var cli = new Cli();

        var outcome = cli.Run(["demo", "--out", folder["demo"]], environment: new() { ["PATH"] = folder.Path });

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("could not be started: ", outcome.Error);
        Assert.Contains("the same works without them: mlnetperson retrain FOLDER --out PACKAGE", outcome.Error);
    }

    /// <summary>A package of its own, for a test that changes it.</summary>
    private string Copy(string name)
    {
        _world.CopyPackageTo(_world[name]);
        return _world[name];
    }
}
