using Google.Protobuf;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Heads;
using Xunit.Abstractions;

namespace MLNetPerson.Training.Tests.Onnx;

/// <summary>A stranger's model gives what ONNX Runtime gives on the untouched file, as float and in every encoding; or it is refused by
/// name and reason.</summary>
public sealed partial class StrangersGraphTests(ITestOutputHelper output) : IDisposable
{
    private const int Side = StrangersModels.Side;
    private const float Scale = 1 / 255f;

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Valid => [.. StrangersModels.Valid.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Valid))]
    public void A_valid_model_gives_what_onnx_runtime_gives(string what)
    {
        var model = StrangersModels.Valid[what]();
        var network = Network(model);
        var pictures = Pictures(6);
        var untouched = StrangersModels.Plain.TryGetValue(what, out var plain) ? plain() : model;

        foreach (var picture in pictures)
        {
            var expected = Untouched(untouched, picture);
            var given = Run(network.Bytes, picture);
            Assert.Equal(StrangersModels.Channels, given.Length);
            Assert.All(expected.Zip(given), pair => Assert.Equal(pair.First, pair.Second, 1e-3f * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    [Theory, MemberData(nameof(Valid))]
    public void Every_encoding_of_a_valid_model_stays_near_it(string what)
    {
        var network = Network(StrangersModels.Valid[what]());
        var pictures = Pictures(16);
        var features = pictures.Select(picture => Run(network.Bytes, picture)).ToList();
        var head = new LinearHead(Weights(features), 0.1);
        var graph = ModelAssembler.Assemble(network, head, 0.5);
        long[] shape = [1, Side, Side, 3];

        EncodingMaker.Check(network.Graph, QuantizeOptions.AllEncodings);
        var encoder = new Int8Encoder(graph);
        encoder.Calibrate(pictures, shape, new Int8Options());
        var (integers, report) = encoder.Encode(new Int8Options { PortableWeights = true });
        var exact = Logits(graph);
        foreach (
            var (name, encoded, tolerance) in new[]
            {
                ("fp16", CompactEncoder.Half(graph), 0.03),
                ("weights8", CompactEncoder.Weights(graph, pictures, shape), 0.15),
                ("int8", integers, 0.35),
            }
        )
        {
            var worst = exact.Zip(Logits(encoded), (a, b) => Math.Abs(a - b)).Max();
            output.WriteLine($"{what}: {name} {worst:0.0000} of a logit's spread of 1");
            Assert.InRange(worst, 0, tolerance);
        }

        output.WriteLine(report.ToString());
        Assert.NotEmpty(report.Quantized);
        Assert.True(GraphCost.Of(graph, Side, Side).Macs > 0);
        var (fragment, explanation) = ExplanationBuilder.Build(graph, network);
        ExplanationCheck.Run(graph.ToBytes(), fragment, explanation, network.Input);

        double[] Logits(OnnxGraph of) =>
            [.. pictures.Select(picture => (double)Run(of.ToBytes(), picture)[0]).Select(p => Math.Log(p / (1 - p)))];
    }

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "no opset", "names no opset of ONNX's default domain" },
            { "two opsets", "names the opsets 13 and 17 of ONNX's default domain" },
            { "opset 11", "uses opset 11; at least 13 is needed" },
            { "opset 99", "99" },
            { "constants that differ", "stores 2 constants named 'first.w' that differ" },
            { "external weights that are missing", "keeps constant 'first.w' in another file, 'weights.bin', which cannot be read" },
            { "external weights elsewhere", "'../weights.bin', which is not a place below the model's own folder" },
            { "external weights cut short", "which has 7 bytes where 0 + 864 are asked for" },
            {
                "weights that are not numbers",
                "3 of the 216 values of constant 'first.w', which node 'first/Conv' (Conv) reads, are not numbers"
            },
            { "two makers", "tensor 'before' is made by 2 nodes" },
            { "a cycle", "which no node makes before it" },
            { "a reading of nothing", "node 'odd/Add' (Add) reads 'nowhere', which no node makes before it" },
            { "a branch's reading of nothing", "node 'after/If' (If) reads 'nowhere', which no node makes before it" },
            { "an operation of nobody", "Conjure" },
            { "a function in the default domain", "defines its own operation 'Relu' in the default domain" },
            { "bytes as input", "input 'input' is of type Uint8 with 4 dimensions" },
            { "a vector as input", "input 'input' is of type Float with 2 dimensions" },
            { "two inputs", "has 2 inputs (input, other)" },
            { "a constant as tap", "tensor 'last', which the card's tap 'deep' names, is a constant" },
            { "a batch of one", "does not run on a batch of 2 pictures" },
            { "a tap of size zero", "tap 'deep' gives [2, 12, 0, 8]" },
        };

    [Theory, MemberData(nameof(Faults))]
    public void A_model_that_cannot_be_used_is_refused_with_the_reason(string what, string sentence)
    {
        var model = StrangersModels.Net(change: what == "a tap of size zero" ? StrangersFaults.NoRows : b => "before").Model;
        StrangersFaults.Make(what, model, _folder);

        var fault = Assert.ThrowsAny<Exception>(() => Network(model));

        output.WriteLine(fault.Message);
        Assert.True(fault is BackboneException or OnnxGraphException or OnnxModelException, fault.ToString());
        Assert.Contains(sentence, fault.Message);
        Assert.Contains("strange", fault.Message);
    }

    [Theory]
    [InlineData("QuantizeLinear", "")]
    [InlineData("MatMulNBits", "com.microsoft")]
    public void A_quantized_backbone_is_no_ground_for_integers_and_that_is_said_before_work_starts(string operation, string domain)
    {
        var graph = StrangersModels.Net(change: b =>
        {
            b.Node(operation, "odd", ["before"]);
            b.Graph.Nodes[^1].Domain = domain;
            return "before";
        });

        Assert.StartsWith(
            $"The model is quantized already: node 'odd/{operation}' is a {operation}.",
            Assert.Throws<QuantizationException>(() => EncodingMaker.Check(graph, ["int8"])).Message
        );
        EncodingMaker.Check(graph, ["fp16"]);
    }

    [Fact]
    public void Weights_in_another_file_are_read_from_beside_the_model()
    {
        var model = StrangersModels.Net().Model;
        var inside = Network(model).Bytes;
        var offset = 0L;
        using var weights = new MemoryStream();
        foreach (var tensor in model.Graph.Initializer)
        {
            weights.Write(tensor.RawData.Span);
            StrangersFaults.PutOutside(tensor, "parts/weights.bin", offset, tensor.RawData.Length);
            offset = weights.Length;
        }

        _folder.Write("parts/weights.bin", weights.ToArray());

        Assert.Equal(inside, Network(model).Bytes);
    }

    [Fact]
    public void A_half_precision_network_is_fed_and_read_as_floats()
    {
        var model = StrangersModels.Net().Model;
        foreach (var tensor in model.Graph.Initializer.ToList())
        {
            model.Graph.Initializer[model.Graph.Initializer.IndexOf(tensor)] = OnnxTensor.Of(
                tensor.Name,
                [.. tensor.Floats().Select(value => (Half)value)],
                [.. tensor.Dims]
            );
        }

        var exact = Network(StrangersModels.Net().Model);
        model.Graph.Input[0].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Float16;
        model.Graph.Output[0].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Float16;
        var half = Network(model);

        foreach (var picture in Pictures(4))
        {
            Assert.All(Run(exact.Bytes, picture).Zip(Run(half.Bytes, picture)), pair => Assert.Equal(pair.First, pair.Second, 0.02f));
        }
    }

    private FeatureNetwork Network(ModelProto model)
    {
        var (input, tensor) = (
            model.Graph.Input.Select(one => one.Name).Except(model.Graph.Initializer.Select(one => one.Name)).First(),
            model.Graph.Output.Select(one => one.Name).Except(model.Graph.Input.Select(one => one.Name)).Last()
        );
        var name = tensor is "features" or "logit" or "image" ? tensor : "deep";
        _folder.Write("strange.onnx", model.ToByteArray());
        _folder.Write(
            "strange.json",
            $$"""
            {
              "name": "strange", "origin": "made for a test", "licence": "MIT",
              "input": { "tensor": "{{input}}", "mean": [0, 0, 0], "std": [1, 1, 1] },
              "taps": [ { "name": "{{name}}", "tensor": "{{tensor}}", "channels": {{StrangersModels.Channels}}, "stride": 4 } ]
            }
            """
        );
        return FeatureNetworkBuilder
            .BuildAsync(
                BackboneCatalog.Open(_folder["strange.onnx"]),
                new ImageSpec(Side, Side),
                [new FeatureSpec { Tap = name, Pooling = Pooling.Average }]
            )
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>The file as it was, run by ONNX Runtime alone; the mean over places in plain loops.</summary>
    private static float[] Untouched(ModelProto model, byte[] picture)
    {
        using var loaded = OnnxModel.Load(model.ToByteArray(), "untouched", new OnnxModelOptions { Optimization = GraphOptimization.None });
        var planes = new float[picture.Length];
        for (var i = 0; i < planes.Length; i++)
        {
            planes[(i % 3 * Side * Side) + (i / 3)] = picture[i] * Scale;
        }

        var tensor = model.Graph.Output.Select(one => one.Name).Except(model.Graph.Input.Select(one => one.Name)).Last();
        var tap = loaded.Run<float>(planes, [1, 3, Side, Side], [tensor]).Single();
        var places = tap.Values.Length / StrangersModels.Channels;
        return [.. tap.Values.Chunk(places).Select(channel => channel.Average())];
    }

    private static float[] Run(byte[] model, byte[] picture)
    {
        using var loaded = OnnxModel.Load(model, "ours");
        return loaded.Run<byte>(picture, [1, Side, Side, 3]).Single().Values;
    }

    /// <summary>A head that spreads the pictures' logits by 1: tolerances mean the same for every network.</summary>
    private static float[] Weights(List<float[]> features)
    {
        var weights = StrangersModels.Noise(features[0].Length);
        double[] logits = [.. features.Select(row => row.Zip(weights, (x, w) => (double)x * w).Sum())];
        var spread = logits.Max() - logits.Min();
        return [.. weights.Select(weight => (float)(weight / Math.Max(spread, 1e-3)))];
    }

    private static byte[][] Pictures(int count)
    {
        var random = new Random(5);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    var (pixels, level, spread) = (new byte[Side * Side * 3], random.Next(256), 1 + random.Next(160));
                    for (var i = 0; i < pixels.Length; i++)
                    {
                        pixels[i] = (byte)Math.Clamp(level + random.Next(-spread, spread), 0, 255);
                    }

                    return pixels;
                }),
        ];
    }
}
