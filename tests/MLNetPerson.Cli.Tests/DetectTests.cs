using System.Text.Json;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>The verb <c>detect</c> and what other verbs do with a detector's package, with the ready detector.</summary>
public sealed class DetectTests : IClassFixture<CliFixture>, IDisposable
{
    private static readonly string Golden = Repository.At("models/person-boxes/golden/high.png");

    private readonly CliFixture _fixture;
    private readonly TempFolder _folder = new();

    public DetectTests(CliFixture fixture) => _fixture = fixture;

    [Fact]
    public void Every_picture_is_a_line_of_json_with_its_persons_and_is_drawn()
    {
        var outcome = _fixture.Cli.Run(
            "detect",
            "person-boxes",
            Golden,
            _folder.Write("bad.jpg", "no picture"),
            "--encoding",
            "float32",
            "--min-probability",
            "0.02",
            "--json",
            "--draw",
            _folder["drawn"]
        );
        var lines = outcome
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();

        Assert.Equal(1, outcome.ExitCode); // one picture is bad, the other was answered
        Assert.Equal(2, lines.Count);
        Assert.Equal(
            (Golden, 320, 320),
            (lines[0].GetProperty("file").GetString(), lines[0].GetProperty("width").GetInt32(), lines[0].GetProperty("height").GetInt32())
        );
        var persons = lines[0].GetProperty("persons").EnumerateArray().ToList();
        Assert.NotEmpty(persons);
        Assert.All(persons, person => Assert.InRange(person.GetProperty("probability").GetDouble(), 0.02, 1));
        Assert.True(lines[1].TryGetProperty("error", out _));
        var drawn = new ImageReader().Read(File.ReadAllBytes(lines[0].GetProperty("drawn").GetString()!));
        Assert.Equal((320, 320), (drawn.Width, drawn.Height));
    }

    [Fact]
    public void Without_json_a_person_is_a_line()
    {
        var outcome = _fixture.Cli.Run("detect", "person-boxes", Golden, "--encoding", "float32", "--min-probability", "0.02");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"^[0-9]+ persons?  .*high\.png\n  0\.\d{3}  left \d+ top \d+ width \d+ height \d+\n", outcome.Output);
    }

    [Fact]
    public void A_classifier_given_to_detect_and_a_detector_given_to_predict_are_one_sentence_each()
    {
        var (one, two) = (
            _fixture.Cli.Run("detect", _fixture.World.PackagePath, Golden),
            _fixture.Cli.Run("predict", Repository.At("models/person-boxes"), Golden)
        );

        Assert.Equal(
            (
                1,
                $"error: Package '{_fixture.World.PackagePath}' is a classifier (task 'person-classification'), a detector is needed "
                    + "here: use "
                    + "'predict' or PersonClassifier.Load with it, or name a package that 'detect make' wrote.\n"
            ),
            (one.ExitCode, one.Error)
        );
        Assert.Equal(1, two.ExitCode);
        Assert.Contains("is a detector (task 'person-detection'), a classifier is needed here: use 'detect'", two.Error);
        Assert.Single(two.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void A_dataset_without_boxes_is_told_by_evaluate_tune_and_make()
    {
        TempFolder.Copy(Repository.At("models/person-boxes"), _folder["boxes"]);
        foreach (
            var outcome in new[]
            {
                _fixture.Cli.Run("evaluate", "person-boxes", _fixture.Labels, "--report", "none"),
                _fixture.Cli.Run("detect", "tune", _folder["boxes"], _fixture.Labels),
                _fixture.Cli.Run("detect", "make", _fixture.Labels, "--out", _folder["new"]),
            }
        )
        {
            Assert.Equal(1, outcome.ExitCode);
            Assert.StartsWith("error: Dataset 'pictures' has no boxes: it has no column person_boxes and no column width", outcome.Error);
        }

        Assert.False(Directory.Exists(_folder["new"]));
    }

    [Theory]
    [InlineData("300 10 30 40", "box 300 10 30 40 stands outside the picture of 320 x 320")]
    [InlineData("NaN 10 30 40", "the box has coordinates that are not numbers")]
    public void Boxes_outside_of_the_picture_and_NaN_are_told_with_the_picture(string cell, string fault)
    {
        File.Copy(Golden, _folder["a.png"]);
        var labels = _folder.Write("boxes.csv", $"file,label,width,height,person_boxes\na.png,1,320,320,{cell}\n");

        var outcome = _fixture.Cli.Run("evaluate", "person-boxes", labels, "--report", "none");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(
            $"error: Dataset '{Path.GetFileName(_folder.Path)}' has 1 picture with faulty boxes: 'a.png': {fault}. Correct them, or cut "
                + "boxes "
                + "off at the edges with --clip.\n",
            outcome.Error
        );
    }

    [Fact]
    public void Evaluate_and_tune_a_detector_on_pictures_with_boxes()
    {
        TempFolder.Copy(Repository.At("models/person-boxes"), _folder["boxes"]);
        var labels = Labels();

        var evaluated = _fixture.Cli.Run(
            "evaluate",
            _folder["boxes"],
            labels,
            "--encoding",
            "float32",
            "--json",
            "--report",
            _folder["page.html"]
        );
        var tuned = _fixture.Cli.Run("detect", "tune", _folder["boxes"], labels);
        var again = _fixture.Cli.Run("detect", _folder["boxes"], Golden, "--encoding", "float32");

        Assert.True(evaluated.ExitCode == 0, evaluated.Error);
        var result = JsonDocument.Parse(evaluated.Output).RootElement.GetProperty("result");
        Assert.InRange(result.GetProperty("metrics").GetProperty("ap50").GetProperty("value").GetDouble(), 0.01, 1);
        var page = File.ReadAllText(_folder["page.html"]);
        Assert.Contains("Precision and recall", page);
        Assert.Contains("Missed persons", page);
        Assert.Contains("False boxes", page);
        Assert.True(tuned.ExitCode == 0, tuned.Error);
        Assert.Contains("Kept: IoU threshold ", tuned.Output);
        Assert.Equal(111, File.ReadAllLines(_folder["boxes.nms.csv"]).Length);
        Assert.StartsWith("<svg", File.ReadAllText(_folder["boxes.nms.svg"]));
        Assert.True(again.ExitCode == 0, again.Error); // hashes hold after the package was written anew
    }

    [Fact]
    public void One_ONNX_file_holds_the_suppression_or_leaves_it_out()
    {
        var joined = _fixture.Cli.Run("detect", "onnx", "person-boxes", "--encoding", "float32", "--out", _folder["a.onnx"]);
        var raw = _fixture.Cli.Run("detect", "onnx", "person-boxes", "--encoding", "float32", "--raw", "--out", _folder["b.onnx"]);

        Assert.Equal((0, 0), (joined.ExitCode, raw.ExitCode));
        using var one = OnnxModel.Load(_folder["a.onnx"]);
        using var two = OnnxModel.Load(_folder["b.onnx"]);
        Assert.Equal(["boxes", "probabilities", "detections"], one.Outputs.Select(output => output.Name));
        Assert.Equal(["boxes", "probabilities"], two.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Watch_says_when_a_person_enters_a_zone()
    {
        var image = new ImageReader().Read(File.ReadAllBytes(Golden));
        byte[] grey = [.. Enumerable.Repeat((byte)120, image.Pixels.Length)];
        byte[] frames = [.. Enumerable.Range(0, 6).SelectMany(i => i < 2 ? grey : image.Pixels)];

        var outcome = _fixture.Cli.Run(
            [
                "watch",
                "person-boxes",
                "--boxes",
                "--zone",
                "all=0,0,320,321",
                "--zone",
                "0,0 1,0 0,1",
                "--raw",
                "320x320",
                "--fps",
                "1",
                "--smoothing",
                "0",
                "--encoding",
                "float32",
                "--json",
                "-",
            ],
            frames
        );
        var lines = outcome
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal("end", lines[^1].GetProperty("event").GetString());
        Assert.Equal(6, lines[^1].GetProperty("answered").GetInt32());
        Assert.All(lines[..^1], line => Assert.Equal("all", line.GetProperty("zone").GetString()));
    }

    [Fact]
    public void A_zone_that_is_none_and_a_zone_without_boxes_are_told()
    {
        var (one, two) = (
            _fixture.Cli.Run("watch", "person-boxes", "--boxes", "--zone", "1,2", "--raw", "32x32", "-"),
            _fixture.Cli.Run("watch", "person", "--zone", "1,2,3,4", "--raw", "32x32", "-")
        );

        Assert.Equal((1, 1), (one.ExitCode, two.ExitCode));
        Assert.StartsWith("error: Options of watch have a fault: '1,2' is not a zone", one.Error);
        Assert.Equal("error: Options of watch have a fault: --zone needs --boxes and a detector's package.\n", two.Error);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Golden pictures with the detector's own boxes as annotations, and one that nobody is in.</summary>
    private string Labels()
    {
        using var detector = PersonDetector.Load(
            Repository.At("models/person-boxes"),
            "float32",
            new PersonDetectorOptions { MinProbability = 0.02 }
        );
        var text = "file,label,width,height,person_boxes\n";
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Golden)!, "*.png").Order(StringComparer.Ordinal))
        {
            File.Copy(file, _folder[Path.GetFileName(file)]);
            var person = detector.Detect(file).Persons.Take(1).ToList();
            var boxes = person.Select(p => FormattableString.Invariant($"{p.Left:0.#} {p.Top:0.#} {p.Width:0.#} {p.Height:0.#}"));
            text += $"{Path.GetFileName(file)},{person.Count},320,320,{string.Join(';', boxes)}\n";
        }

        return _folder.Write("boxes.csv", text);
    }
}
