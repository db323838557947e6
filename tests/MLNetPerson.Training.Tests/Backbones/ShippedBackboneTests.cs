using MLNetPerson.Images;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Training.Tests.Backbones;

/// <summary>The real backbone, brought through npm at first use.</summary>
public sealed class ShippedBackboneTests
{
    [Fact]
    public async Task Light_costs_233_million_products_and_accurate_652_million()
    {
        Assert.Equal((232_995_392, 842_976), await Cost("light"));
        Assert.Equal((652_192_000, 2_705_071), await Cost("accurate"));
    }

    [Fact]
    public async Task The_whole_network_has_the_published_size()
    {
        // MobileNetV2 1.0 at 224 × 224: 300 million multiply-adds and 3.4 million parameters with its 1000-class layer of 1.28 million
        // (M. Sandler et al., CVPR 2018, table 4); without that layer 2.22 million.
        var network = await FeatureNetworkBuilder.BuildAsync(
            BackboneCatalog.Open("mobilenetv2-coco-ssd"),
            new ImageSpec(224, 224),
            [new FeatureSpec { Tap = "conv_1", Pooling = Pooling.Average }]
        );
        var cost = GraphCost.Of(network.Graph, 224, 224);

        Assert.InRange(cost.Macs, 297_000_000, 303_000_000);
        Assert.InRange(cost.Parameters, 2_180_000, 2_260_000);
    }

    [Fact]
    public async Task Only_convolutions_clips_sums_and_pools_are_left()
    {
        var network = await FeatureNetworkBuilder.BuildAsync(
            BackboneCatalog.Open("mobilenetv2-coco-ssd"),
            RecipeCatalog.Open("accurate").Input,
            RecipeCatalog.Open("accurate").Features
        );

        Assert.Equal(
            ["Add", "AveragePool", "Cast", "Clip", "Concat", "Conv", "Flatten", "GlobalAveragePool", "MaxPool", "Mul", "Transpose"],
            network.Graph.Nodes.Select(node => node.OpType).Distinct().Order(StringComparer.Ordinal)
        );
    }

    private static async Task<(long Macs, long Parameters)> Cost(string name)
    {
        var recipe = RecipeCatalog.Open(name);
        var network = await FeatureNetworkBuilder.BuildAsync(BackboneCatalog.Open(recipe.Backbone), recipe.Input, recipe.Features);
        var cost = GraphCost.Of(network.Graph, recipe.Input.Height, recipe.Input.Width);
        return (cost.Macs, cost.Parameters);
    }
}
