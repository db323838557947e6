using System.Globalization;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Quantization;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Tests.Onnx;

/// <summary>The same promise for graphs that nobody thought of: <see cref="RandomGraphs"/>. <c>MLNETPERSON_GRAPHS=200</c> tries so many
/// seeds instead of 8.</summary>
public sealed partial class StrangersGraphTests
{
    public static TheoryData<int> Seeds =>
        [
            .. Enumerable.Range(
                0,
                int.TryParse(Environment.GetEnvironmentVariable("MLNETPERSON_GRAPHS"), CultureInfo.InvariantCulture, out var count)
                    ? count
                    : 8
            ),
        ];

    [Theory, MemberData(nameof(Seeds))]
    public void A_random_graph_gives_what_onnx_runtime_gives_in_every_encoding_or_is_refused_by_node(int seed)
    {
        var model = StrangersModels.Net(change: b => RandomGraphs.Grow(b, seed), opset: 15).Model;
        output.WriteLine($"seed {seed}: {string.Join(" ", model.Graph.Node.Select(node => node.OpType))}");
        var network = Network(model.Clone());
        var pictures = Pictures(12);
        var features = pictures.Select(picture => Run(network.Bytes, picture)).ToList();
        foreach (var (picture, given) in pictures.Zip(features))
        {
            var expected = Untouched(model, picture);
            Assert.All(expected.Zip(given), pair => Assert.Equal(pair.First, pair.Second, 1e-3f * Math.Max(1, Math.Abs(pair.First))));
        }

        var graph = ModelAssembler.Assemble(network, new LinearHead(Weights(features), 0.1), 0.5);
        long[] shape = [1, Side, Side, 3];
        var exact = Logits(graph);
        try
        {
            EncodingMaker.Check(network.Graph, QuantizeOptions.AllEncodings);
            var encoder = new Int8Encoder(graph);
            encoder.Calibrate(pictures, shape, new Int8Options());
            Near("fp16", CompactEncoder.Half(graph), 0.1);
            Near("weights8", CompactEncoder.Weights(graph, pictures, shape), 0.5);
            Near("int8", encoder.Encode(new Int8Options { PortableWeights = true }).Graph, 1);
        }
        catch (QuantizationException refusal)
        {
            output.WriteLine(refusal.Message);
            Assert.Contains("node '", refusal.Message);
        }

        // A wrong graph is far off: logits spread by 1 over the pictures, rounding to 8 bits in up to 30 layers moves them by less.
        void Near(string name, OnnxGraph encoded, double tolerance)
        {
            var worst = exact.Zip(Logits(encoded), (a, b) => Math.Abs(a - b)).Max();
            output.WriteLine($"{name} {worst:0.0000} of a logit's spread of 1");
            Assert.InRange(worst, 0, tolerance);
        }

        double[] Logits(OnnxGraph of) =>
            [.. pictures.Select(picture => (double)Run(of.ToBytes(), picture)[0]).Select(p => Math.Log(p / (1 - p)))];
    }
}
