using System.Globalization;
using System.Text.Json;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Tests.Detection;

/// <summary>
/// The person-only ONNX graph against the TensorFlow.js model's own answers: always on drawn pictures whose answers are stored, and where
/// <c>MLNETPERSON_TFJS</c> names a folder in which <c>npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm</c> was run, on
/// photographs with TensorFlow.js itself.
/// </summary>
public sealed class TfjsParityTests : IDisposable
{
    private const string Variable = "MLNETPERSON_TFJS";
    private const string Write = "MLNETPERSON_WRITE_GOLDENS";
    private const int Side = 300; // the size that the published graph decodes
    private const int Photographs = 32;

    /// <summary>Float sums in another order, through sixty layers; seen: 2e-5 of scores, 3e-5 of the picture's side.</summary>
    private const float Tolerance = 5e-4f;

    private static readonly int[] Seeds = [1, 2, 3, 4];
    private static readonly string Stored = Path.Combine("tests", "MLNetPerson.Training.Tests", "Detection", "tfjs-answers.csv");

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task The_person_only_graph_answers_as_TensorFlow_js_did_on_drawn_pictures()
    {
        var (boxes, scores) = await OnnxAsync([.. Seeds.Select(seed => GoldenPictures.Draw(new ImageSpec(Side, Side), seed, seed).Pixels)]);

        var rows = File.ReadLines(Repository.At(Stored))
            .Skip(1)
            .Select(line => line.Split(',').Select(word => float.Parse(word, CultureInfo.InvariantCulture)).ToArray())
            .ToList();
        Assert.True(rows.Count >= 100);
        foreach (var row in rows)
        {
            var (picture, anchor) = (Array.IndexOf(Seeds, (int)row[0]), (int)row[1]);
            Assert.Equal(row[2], scores[picture][anchor], Tolerance);
            FloatAssert.Close(Corners(row.AsSpan(3)), boxes[picture].AsSpan(anchor * 4, 4).ToArray(), Tolerance);
        }
    }

    [SkippableFact]
    public async Task The_person_only_graph_answers_as_TensorFlow_js_on_photographs()
    {
        var modules = Environment.GetEnvironmentVariable(Variable);
        Skip.If(
            string.IsNullOrEmpty(modules),
            $"{Variable} is not set: it names a folder in which 'npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm' was run."
        );
        var reader = new ImageReader();
        var files = Directory.GetFiles(TestData.At("voc2007/images"), "*.jpg").Order(StringComparer.Ordinal).Take(Photographs).ToList();
        List<byte[]> pictures =
        [
            .. files.Select(file =>
            {
                var pixels = new byte[Side * Side * 3];
                reader.ReadResized(reader.ReadBytes(file), new ImageSpec(Side, Side), pixels, file);
                return pixels;
            }),
            .. Seeds.Select(seed => GoldenPictures.Draw(new ImageSpec(Side, Side), seed, seed).Pixels),
        ];

        var (boxes, scores) = await OnnxAsync(pictures);
        var theirs = Tfjs(modules!, pictures);

        Assert.Equal(Photographs + Seeds.Length, theirs.Count);
        for (var i = 0; i < theirs.Count; i++)
        {
            FloatAssert.Close(theirs[i].Scores, scores[i], Tolerance);
            FloatAssert.Close([.. theirs[i].Boxes.Chunk(4).SelectMany(box => Corners(box))], boxes[i], Tolerance);
        }

        if (Environment.GetEnvironmentVariable(Write) == "1")
        {
            Store([.. theirs.Skip(Photographs)]);
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>From ymin, xmin, ymax, xmax to left, top, right, bottom, cut off at the picture's edges as the published detector does
    /// before
    /// it suppresses.</summary>
    private static float[] Corners(ReadOnlySpan<float> box) =>
        [Math.Clamp(box[1], 0, 1), Math.Clamp(box[0], 0, 1), Math.Clamp(box[3], 0, 1), Math.Clamp(box[2], 0, 1)];

    private static async Task<(List<float[]> Boxes, List<float[]> Scores)> OnnxAsync(List<byte[]> pictures)
    {
        var network = await DetectorNetworkBuilder.BuildAsync(BackboneCatalog.Open("mobilenetv2-coco-ssd"), new ImageSpec(Side, Side));
        using var model = OnnxModel.Load(DetectorTail.Append(network).ToBytes(), "detector");
        var (boxes, scores) = (new List<float[]>(), new List<float[]>());
        foreach (var picture in pictures)
        {
            var outputs = model.Run<byte>(picture, [1, Side, Side, 3], [DetectorTail.BoxesName, DetectorTail.ProbabilitiesName]);
            boxes.Add(outputs[0].Values);
            scores.Add(outputs[1].Values);
        }

        return (boxes, scores);
    }

    private List<(float[] Scores, float[] Boxes)> Tfjs(string modules, List<byte[]> pictures)
    {
        var files = pictures.Select((pixels, i) => _folder.Write($"{i}.rgb", pixels)).ToList();
        var script = _folder.Write(
            "tfjs-answers.js",
            File.ReadAllText(Repository.At("tests/MLNetPerson.Training.Tests/Detection/tfjs-answers.js"))
        );
        var outcome = ProcessRunner.Run(
            "node",
            [
                script,
                Path.Combine(MLNetPerson.Files.CacheFolder.Sub("backbones"), "mobilenetv2-coco-ssd"),
                $"{Side}",
                _folder["answers.json"],
                .. files,
            ],
            environment: new Dictionary<string, string?> { ["NODE_PATH"] = Path.Combine(modules, "node_modules") }
        );
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var answers = JsonDocument.Parse(File.ReadAllText(_folder["answers.json"]));
        return
        [
            .. answers
                .RootElement.GetProperty("answers")
                .EnumerateArray()
                .Select(answer => (Numbers(answer, "scores"), Numbers(answer, "boxes"))),
        ];

        static float[] Numbers(JsonElement answer, string name) =>
            [.. answer.GetProperty(name).EnumerateArray().Select(number => number.GetSingle())];
    }

    /// <summary>Of each drawn picture the anchors that look most like a person, and some of every level.</summary>
    private static void Store(List<(float[] Scores, float[] Boxes)> answers)
    {
        var text = new System.Text.StringBuilder("picture,anchor,score,ymin,xmin,ymax,xmax\n");
        for (var i = 0; i < answers.Count; i++)
        {
            var (scores, boxes) = answers[i];
            foreach (
                var anchor in Enumerable
                    .Range(0, scores.Length)
                    .OrderByDescending(anchor => scores[anchor])
                    .Take(25)
                    .Concat([0, 541, 1082, 1083, 1382, 1682, 1683, 1832, 1833, 1886, 1887, 1910, 1911, 1916])
                    .Distinct()
                    .Order()
            )
            {
                text.Append(CultureInfo.InvariantCulture, $"{Seeds[i]},{anchor},{scores[anchor]:R}")
                    .Append(string.Concat(boxes.Skip(anchor * 4).Take(4).Select(value => FormattableString.Invariant($",{value:R}"))))
                    .Append('\n');
            }
        }

        File.WriteAllText(Repository.At(Stored), text.ToString());
    }
}
