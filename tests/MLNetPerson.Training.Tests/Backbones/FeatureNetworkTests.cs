using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Onnx;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Backbones;

public sealed class FeatureNetworkTests : IDisposable
{
    private const int Side = 6;

    private readonly TempFolder _folder = new();

    public static TheoryData<string, string> Inputs =>
        new()
        {
            { "nchw", "rgb" },
            { "nchw", "bgr" },
            { "nhwc", "rgb" },
            { "nhwc", "bgr" },
        };

    [Theory, MemberData(nameof(Inputs))]
    public void Pixels_are_normalised_as_the_card_says(string layout, string channels)
    {
        // The "backbone" hands its input on; the maximum of one lit pixel shows each channel's value.
        WriteBackbone(layout, channels);
        var image = new byte[Side * Side * 3];
        (image[0], image[1], image[2]) = (200, 100, 50);

        var features = Run([new FeatureSpec { Tap = "all", Pooling = Pooling.Max }], image);

        double[] mean = [0.1, 0.2, 0.3],
            std = [0.5, 0.25, 0.125];
        var order = channels == "rgb" ? new[] { 0, 1, 2 } : [2, 1, 0];
        Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(((image[order[c]] / 255.0) - mean[c]) / std[c], features[c], 1e-5));
    }

    [Theory]
    [InlineData(Pooling.Average, 1)]
    [InlineData(Pooling.Max, 1)]
    [InlineData(Pooling.Average, 3)]
    [InlineData(Pooling.Max, 2)]
    [InlineData(Pooling.Max, 6)]
    public void Pooling_is_that_of_plain_loops(Pooling pooling, int window)
    {
        WriteBackbone("nchw", "rgb");
        var image = TestImages.Noise(Side, Side, seed: 2).Pixels;

        var features = Run(
            [
                new FeatureSpec
                {
                    Tap = "all",
                    Pooling = pooling,
                    Window = window,
                },
            ],
            image
        );

        for (var channel = 0; channel < 3; channel++)
        {
            Assert.Equal(Plain(image, channel, pooling, window), features[channel], 1e-5);
        }
    }

    [Fact]
    public void Blocks_follow_one_another_in_the_recipes_order()
    {
        WriteBackbone("nchw", "rgb");
        FeatureSpec[] specs = [new() { Tap = "all", Pooling = Pooling.Max }, new() { Tap = "all", Pooling = Pooling.Average }];
        var image = TestImages.Noise(Side, Side, seed: 3).Pixels;

        var both = Run(specs, image);

        Assert.Equal([.. Run([specs[0]], image), .. Run([specs[1]], image)], both);
        Assert.Equal([(0, 3), (3, 3)], Build(specs).Blocks.Select(block => (block.Start, block.Count)));
    }

    [Fact]
    public void A_tap_that_is_not_there_lists_those_that_are()
    {
        WriteBackbone("nchw", "rgb");

        Assert.Equal(
            "Backbone 'own' has no tap 'none'. Its taps: all.",
            Assert.Throws<BackboneException>(() => Run([new FeatureSpec { Tap = "none", Pooling = Pooling.Max }], [])).Message
        );
    }

    [Fact]
    public void A_window_larger_than_the_tap_is_refused()
    {
        WriteBackbone("nchw", "rgb");

        Assert.Equal(
            "Features 'all max of 7 x 7 average': the tap is only 6 x 6 steps at this input size. Use a smaller window or a larger input.",
            Assert
                .Throws<BackboneException>(() =>
                    Run(
                        [
                            new FeatureSpec
                            {
                                Tap = "all",
                                Pooling = Pooling.Max,
                                Window = 7,
                            },
                        ],
                        []
                    )
                )
                .Message
        );
    }

    [Theory]
    [InlineData("\"licence\": \"MIT\"", "\"licence\": \"\"", "'licence' is empty: say under which terms the weights may be used")]
    [InlineData("\"std\": [0.5, 0.25, 0.125]", "\"std\": [0.5, 0]", "'input': 'std' must have three numbers above 0")]
    [InlineData("\"channels\": 3", "\"channels\": 4", "tap 'all' gives [2, 3, 6, 6]; [2, 4] or [2, 4, h, w] is expected.")]
    [InlineData("\"tensor\": \"copy\"", "\"tensor\": \"gone\"", "has no tensor 'gone', which the card's tap 'all' names.")]
    [InlineData("\"tensor\": \"x\"", "\"tensor\": \"y\"", "has no input 'y', which its card names. Its inputs: x.")]
    [InlineData("\"origin\"", "\"orign\"", "cannot be read: ")]
    public void A_faulty_card_says_what_is_wrong(string right, string wrong, string expected)
    {
        WriteBackbone("nchw", "rgb");
        var card = File.ReadAllText(_folder["own.json"]);
        Assert.Contains(right, card);
        File.WriteAllText(_folder["own.json"], card.Replace(right, wrong));

        Assert.Contains(
            expected,
            Assert.Throws<BackboneException>(() => Run([new FeatureSpec { Tap = "all", Pooling = Pooling.Max }], [])).Message
        );
    }

    [Fact]
    public void A_size_that_is_built_in_is_not_changed()
    {
        WriteBackbone("nchw", "rgb", Side);

        var fault = Assert.Throws<BackboneException>(() =>
            FeatureNetworkBuilder
                .BuildAsync(
                    BackboneCatalog.Open(_folder["own.onnx"]),
                    new ImageSpec(8, 8),
                    [new FeatureSpec { Tap = "all", Pooling = Pooling.Max }]
                )
                .GetAwaiter()
                .GetResult()
        );

        Assert.Contains("input 'x' is fixed to [0, 3, 6, 6], 8 x 8 pixels as nchw are wanted.", fault.Message);
    }

    [Fact]
    public void A_backbone_without_a_card_says_where_it_was_looked_for()
    {
        _folder.Write("own.onnx", [1]);

        Assert.StartsWith(
            $"Backbone '{_folder["own.onnx"]}' needs a card at '{_folder["own.json"]}' that says how to feed it",
            Assert.Throws<BackboneException>(() => BackboneCatalog.Open(_folder["own.onnx"])).Message
        );
        Assert.StartsWith(
            "There is no backbone 'resnet'. By name there are: mobilenetv2-coco-ssd;",
            Assert.Throws<BackboneException>(() => BackboneCatalog.Open("resnet")).Message
        );
    }

    public void Dispose() => _folder.Dispose();

    private static double Plain(byte[] image, int channel, Pooling pooling, int window)
    {
        double[] mean = [0.1, 0.2, 0.3],
            std = [0.5, 0.25, 0.125];
        double At(int y, int x) => ((image[(((y * Side) + x) * 3) + channel] / 255.0) - mean[channel]) / std[channel];
        List<double> windows = [];
        for (var y = 0; y + window <= Side; y++)
        {
            for (var x = 0; x + window <= Side; x++)
            {
                var inside = Enumerable.Range(0, window * window).Select(i => At(y + (i / window), x + (i % window)));
                windows.Add(
                    window == 1 ? At(y, x)
                    : pooling == Pooling.Max ? inside.Average()
                    : inside.Max()
                );
            }
        }

        return pooling == Pooling.Max ? windows.Max() : windows.Average();
    }

    private FeatureNetwork Build(IReadOnlyList<FeatureSpec> specs) =>
        FeatureNetworkBuilder
            .BuildAsync(BackboneCatalog.Open(_folder["own.onnx"]), new ImageSpec(Side, Side), specs)
            .GetAwaiter()
            .GetResult();

    private float[] Run(IReadOnlyList<FeatureSpec> specs, byte[] image)
    {
        var network = Build(specs);
        using var model = OnnxModel.Load(network.Bytes, "own");
        return model.Run<byte>(image, [1, Side, Side, 3]).Single().Values;
    }

    private void WriteBackbone(string layout, string channels, int side = 0)
    {
        var builder = new GraphBuilder("own");
        builder.Input("x", DataType.Float, layout == "nchw" ? [-1, 3, side, side] : [-1, side, side, 3]);
        if (side == 0)
        {
            foreach (
                var dimension in builder.Graph.Model.Graph.Input[0].Type.TensorType.Shape.Dim.Where(dimension => dimension.DimValue == 0)
            )
            {
                dimension.DimParam = "side";
            }
        }

        if (layout == "nchw")
        {
            builder.Node("Identity", "copy", ["x"]);
        }
        else
        {
            builder.Node("Transpose", "copy", ["x"], OnnxNode.Attribute("perm", 0, 3, 1, 2));
        }

        builder.Output("copy", DataType.Float, -1, 3);
        _folder.Write("own.onnx", builder.Graph.ToBytes());
        _folder.Write(
            "own.json",
            $$"""
            { "name": "own", "origin": "a test", "licence": "MIT",
              "input": { "tensor": "x", "layout": "{{layout}}", "channels": "{{channels}}", "mean": [0.1, 0.2, 0.3], "std": [0.5, 0.25, 0.125] },
              "taps": [ { "name": "all", "tensor": "copy", "channels": 3, "stride": 1 } ] }
            """
        );
    }
}
