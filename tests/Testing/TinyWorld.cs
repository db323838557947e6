using MLNetPerson.Images;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Retraining;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Testing;

/// <summary>A backbone, pictures and a recipe that are small enough to retrain within a test, and need no network.</summary>
public sealed class TinyWorld : IDisposable
{
    public const int Side = 32;

    private readonly TempFolder _folder = new();

    /// <param name="pictures">How many, half of them with figures.</param>
    /// <param name="anySize">Whether the backbone takes inputs of any size, and not only of <see cref="Side"/>.</param>
    public TinyWorld(int pictures = 40, bool anySize = false)
    {
        WriteBackbone(BackbonePath, anySize ? -1 : Side);
        for (var i = 0; i < pictures; i++)
        {
            var person = i % 2 == 0;
            var image = GoldenPictures.Draw(new ImageSpec(48, 40), seed: 100 + i, figures: person ? 1 + (i % 3) : 0);
            _folder.Write($"pictures/{(person ? "person" : "none")}/{i:000}.png", ImageWriter.EncodePng(image));
        }
    }

    public string Folder => _folder.Path;

    public string Pictures => _folder["pictures"];

    public string BackbonePath => _folder["tiny.onnx"];

    public string PackagePath => _folder["package"];

    public string CachePath => _folder["cache"];

    public string this[string name] => _folder[name];

    public Dataset Dataset => DatasetReader.Read(Pictures);

    public Recipe Recipe =>
        new()
        {
            Name = "tiny",
            Backbone = BackbonePath,
            Input = new ImageSpec(Side, Side),
            Features =
            [
                new FeatureSpec
                {
                    Tap = "shallow",
                    Pooling = Pooling.Max,
                    Window = 2,
                },
                new FeatureSpec
                {
                    Tap = "deep",
                    Pooling = Pooling.Average,
                    Window = 3,
                },
                new FeatureSpec { Tap = "deep", Pooling = Pooling.Max },
            ],
            Head = new HeadOptions { Folds = 4 },
        };

    public FeatureOptions FeatureOptions => new() { CacheFolder = CachePath };

    public RetrainOptions Options =>
        new()
        {
            Out = PackagePath,
            Recipe = Recipe,
            Features = FeatureOptions,
        };

    public FeatureNetwork Network() =>
        FeatureNetworkBuilder.BuildAsync(BackboneCatalog.Open(BackbonePath), Recipe.Input, Recipe.Features).GetAwaiter().GetResult();

    public RetrainResult Retrain(RetrainOptions? options = null, Dataset? dataset = null) =>
        Retrainer.RetrainAsync(dataset ?? Dataset, null, options ?? Options).GetAwaiter().GetResult();

    /// <summary>Copies the package that <see cref="Retrain"/> wrote.</summary>
    public void CopyPackageTo(string folder) => TempFolder.Copy(PackagePath, folder);

    public void Write(string name, byte[] bytes) => _folder.Write(name, bytes);

    public void Write(string name, string text) => _folder.Write(name, text);

    public void Dispose() => _folder.Dispose();

    /// <summary>Two convolutions with random weights, and their card.</summary>
    private static void WriteBackbone(string path, int side)
    {
        var random = new Random(7);
        float[] Noise(int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * scale))];
        var builder = new GraphBuilder("tiny");
        builder.Input("pixels", DataType.Float, -1, 3, side, side);
        builder.Node(
            "Conv",
            "conv1",
            [
                "pixels",
                builder.Constant(OnnxTensor.Of("w1", Noise(8 * 27, 1.5), 8, 3, 3, 3)),
                builder.Constant(OnnxTensor.Of("b1", Noise(8, 1), 8)),
            ],
            OnnxNode.Attribute("kernel_shape", 3, 3),
            OnnxNode.Attribute("strides", 2, 2),
            OnnxNode.Attribute("pads", 0, 0, 1, 1)
        );
        var (floor, ceiling) = (builder.Constant(OnnxTensor.Scalar("floor", 0)), builder.Constant(OnnxTensor.Scalar("ceiling", 6)));
        builder.Node("Clip", "shallow", ["conv1", floor, ceiling]);
        builder.Node(
            "Conv",
            "conv2",
            [
                "shallow",
                builder.Constant(OnnxTensor.Of("w2", Noise(16 * 72, 1), 16, 8, 3, 3)),
                builder.Constant(OnnxTensor.Of("b2", Noise(16, 1), 16)),
            ],
            OnnxNode.Attribute("kernel_shape", 3, 3),
            OnnxNode.Attribute("strides", 2, 2),
            OnnxNode.Attribute("pads", 0, 0, 1, 1)
        );
        builder.Node("Clip", "deep", ["conv2", floor, ceiling]);
        builder.Output("deep", DataType.Float, -1, 16, side < 0 ? -1 : side / 4, side < 0 ? -1 : side / 4);
        File.WriteAllBytes(path, builder.Graph.ToBytes());
        File.WriteAllText(
            Path.ChangeExtension(path, ".json"),
            """
            {
              "name": "tiny", "origin": "random weights, for tests", "licence": "MIT",
              "input": { "tensor": "pixels", "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.25, 0.3] },
              "taps": [
                { "name": "shallow", "tensor": "shallow", "channels": 8, "stride": 2 },
                { "name": "deep", "tensor": "deep", "channels": 16, "stride": 4 }
              ]
            }
            """
        );
    }
}
