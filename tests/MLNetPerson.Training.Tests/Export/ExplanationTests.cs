using System.Collections.Immutable;
using MLNetPerson.Prediction;
using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Onnx;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Export;

/// <summary>Whatever a recipe pools, and however: the map's places add up. Export refuses a map that does not, so these retrain.</summary>
public sealed class ExplanationTests : IDisposable
{
    private readonly TinyWorld _world = new();

    [Theory]
    [InlineData("shallow average 1")]
    [InlineData("deep max 1")]
    [InlineData("deep average 8, shallow max 16")]
    [InlineData("deep max 8, deep average 1")]
    [InlineData("shallow average 2, shallow max 3, deep max 2, deep average 7")]
    public void Every_pooling_adds_up(string features)
    {
        var map = Explain(features.Split(", ").Select(Feature));

        Assert.InRange(
            map.Contributions.Sum(value => (double)value) + map.Bias - map.Logit,
            -ActivationMap.SumTolerance,
            ActivationMap.SumTolerance
        );
        Assert.Equal(features.Contains("shallow") ? 16 : 8, map.Width);
        Assert.Contains(map.Contributions, value => value != map.Contributions[0]);
    }

    [Fact]
    public void Features_without_a_place_come_from_everywhere_alike()
    {
        var graph = OnnxGraph.Parse(File.ReadAllBytes(_world.BackbonePath), "tiny");
        var builder = new GraphBuilder(graph);
        builder.Node("Flatten", "flat", [builder.Node("GlobalAveragePool", "mean", ["deep"])], OnnxNode.Attribute("axis", 1L));
        builder.Output("flat", DataType.Float, -1, 16);
        File.WriteAllBytes(_world.BackbonePath, graph.ToBytes());
        File.WriteAllText(
            Path.ChangeExtension(_world.BackbonePath, ".json"),
            File.ReadAllText(Path.ChangeExtension(_world.BackbonePath, ".json"))
                .Replace(
                    "\"taps\": [",
                    "\"taps\": [ { \"name\": \"flat\", \"tensor\": \"flat\", \"channels\": 16, \"stride\": 0 },",
                    StringComparison.Ordinal
                )
        );

        var alone = Explain([Feature("flat average 1")]);
        var both = Explain([Feature("flat average 1"), Feature("deep average 1")]);

        Assert.Equal((1, 1), (alone.Width, alone.Height));
        Assert.Equal(alone.Logit, alone.Contributions[0] + alone.Bias, 1e-4);
        Assert.Equal((8, 8), (both.Width, both.Height));
    }

    [Fact]
    public void A_map_that_does_not_add_up_is_refused()
    {
        var network = _world.Network();
        var model = ModelAssembler.Assemble(
            network,
            new Training.Heads.LinearHead([.. Enumerable.Range(0, network.Width).Select(i => 0.1f * (i % 5))], 1),
            0.5
        );
        var (fragment, explanation) = ExplanationBuilder.Build(model, network);
        ExplanationCheck.Run(model.ToBytes(), fragment, explanation, network.Input);

        // The bias taken for the logit: the sum is right for no picture.
        var exception = Assert.Throws<ExportException>(() =>
            ExplanationCheck.Run(model.ToBytes(), fragment, explanation with { Logit = explanation.Bias }, network.Input)
        );

        Assert.StartsWith("The activation map does not add up: on drawn picture 0 its places and the bias give ", exception.Message);
    }

    [Fact]
    public void Steps_are_where_kernels_strides_and_padding_put_them()
    {
        // Kernels of 3 by strides of 2, padded at the far side only: each layer moves the centre by its stride.
        var model = ModelAssembler.Assemble(_world.Network(), new Training.Heads.LinearHead(new float[_world.Network().Width], 0), 0.5);

        Assert.Equal(new StepPlaces(1.5, 2), StepPlaces.Of(model, "shallow", 0, TinyWorld.Side, 16));
        Assert.Equal(new StepPlaces(3.5, 4), StepPlaces.Of(model, "deep", 1, TinyWorld.Side, 8));
        // not what leads there: spread evenly
        Assert.Equal(new StepPlaces(16 / 3.0, 32 / 3.0), StepPlaces.Of(model, "deep", 1, TinyWorld.Side, 3));
        var spread = StepPlaces.Of(model, "deep", 0, TinyWorld.Side, 8).Spread(8, 16, TinyWorld.Side);
        Assert.All(Enumerable.Range(0, 8), step => Assert.Equal(1, Enumerable.Range(0, 16).Sum(cell => spread[(cell * 8) + step]), 1e-5));
    }

    public void Dispose() => _world.Dispose();

    private static FeatureSpec Feature(string text)
    {
        var parts = text.Split(' ');
        return new FeatureSpec
        {
            Tap = parts[0],
            Pooling = Enum.Parse<Pooling>(parts[1], ignoreCase: true),
            Window = int.Parse(parts[2]),
        };
    }

    private ActivationMap Explain(IEnumerable<FeatureSpec> features)
    {
        _world.Retrain(_world.Options with { Recipe = _world.Recipe with { Features = features.ToImmutableArray() } });
        using var classifier = PersonClassifier.Load(_world.PackagePath);
        return classifier.Explain(Directory.GetFiles(_world.Pictures, "*.png", SearchOption.AllDirectories).Order().First());
    }
}
