using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Detection;

namespace MLNetPerson.Training.Tests.Detection;

/// <summary>Anchors by the published rule, against those that the published model holds as a constant.</summary>
public sealed class SsdAnchorsTests
{
    /// <summary>Corners (ymin, xmin, ymax, xmax) of the first place of each level at 300 × 300: the constant Postprocessor/ExpandDims of
    /// the
    /// TensorFlow.js model, seven decimals.</summary>
    private static readonly double[][] Published =
    [
        [-0.0236842, -0.0236842, 0.0763158, 0.0763158],
        [-0.0443949, -0.1151056, 0.0970265, 0.1677372],
        [-0.1151056, -0.0443949, 0.1677372, 0.0970265],
        [-0.1250000, -0.1250000, 0.2250000, 0.2250000],
        [-0.0737437, -0.1974874, 0.1737437, 0.2974874],
        [-0.1974874, -0.0737437, 0.2974874, 0.1737437],
        [-0.0510363, -0.2531089, 0.1510363, 0.3531089],
        [-0.2531240, -0.0510312, 0.3531241, 0.1510312],
        [-0.1591650, -0.1591650, 0.2591650, 0.2591650],
        [-0.1500000, -0.1500000, 0.3500000, 0.3500000],
        [-0.0767767, -0.2535534, 0.2767767, 0.4535534],
        [-0.2535534, -0.0767767, 0.4535534, 0.2767767],
        [-0.0443376, -0.3330127, 0.2443376, 0.5330127],
        [-0.3330344, -0.0443304, 0.5330344, 0.2443303],
        [-0.1850439, -0.1850439, 0.3850439, 0.3850439],
        [-0.1583333, -0.1583333, 0.4916667, 0.4916667],
        [-0.0631430, -0.2929527, 0.3964764, 0.6262860],
        [-0.2929527, -0.0631430, 0.6262861, 0.3964764],
        [-0.0209722, -0.3962498, 0.3543055, 0.7295831],
        [-0.3962780, -0.0209628, 0.7296113, 0.3542961],
        [-0.1938884, -0.1938884, 0.5272218, 0.5272218],
        [-0.1500000, -0.1500000, 0.6500000, 0.6500000],
        [-0.0328427, -0.3156855, 0.5328428, 0.8156855],
        [-0.3156855, -0.0328427, 0.8156855, 0.5328428],
        [0.0190599, -0.4428203, 0.4809401, 0.9428203],
        [-0.4428549, 0.0190714, 0.9428549, 0.4809286],
        [-0.1858899, -0.1858899, 0.6858899, 0.6858899],
        [0.0250000, 0.0250000, 0.9750000, 0.9750000],
        [0.1641243, -0.1717514, 0.8358757, 1.1717515],
        [-0.1717514, 0.1641243, 1.1717515, 0.8358757],
        [0.2257586, -0.3227241, 0.7742414, 1.3227241],
        [-0.3227652, 0.2257723, 1.3227652, 0.7742277],
        [0.0126603, 0.0126603, 0.9873397, 0.9873397],
    ];

    private static readonly PackageAnchorLevel[] At300 =
    [
        new(19, 19, 3),
        new(10, 10, 6),
        new(5, 5, 6),
        new(3, 3, 6),
        new(2, 2, 6),
        new(1, 1, 6),
    ];

    [Fact]
    public void Anchors_at_300_pixels_are_those_of_the_published_model()
    {
        var anchors = SsdAnchors.Make(Card(), [.. At300], 300, 300);

        Assert.Equal(1917, anchors.Length);
        var (start, row) = (0, 0);
        foreach (var level in At300)
        {
            for (var shape = 0; shape < level.Anchors; shape++)
            {
                var anchor = anchors[start + shape];
                double[] corners =
                [
                    anchor.CenterY - (anchor.Height / 2),
                    anchor.CenterX - (anchor.Width / 2),
                    anchor.CenterY + (anchor.Height / 2),
                    anchor.CenterX + (anchor.Width / 2),
                ];
                Assert.All(corners.Zip(Published[row]), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
                row++;
            }

            start += level.Width * level.Height * level.Anchors;
        }
    }

    [Fact]
    public void Places_follow_one_another_row_by_row()
    {
        var anchors = SsdAnchors.Make(Card(), [.. At300], 300, 300);

        Assert.Equal((1.5 / 19, 0.5 / 19), (anchors[3].CenterX, anchors[3].CenterY));
        Assert.Equal((0.5 / 19, 1.5 / 19), (anchors[19 * 3].CenterX, anchors[19 * 3].CenterY));
        Assert.Equal((0.95, 0.95), (anchors[1082 + 600].CenterX, anchors[1082 + 600].CenterY));
    }

    [Fact]
    public void An_input_that_is_not_square_keeps_the_anchors_shape_in_pixels()
    {
        var anchors = SsdAnchors.Make(Card(), [.. At300], 600, 300);

        Assert.Equal(anchors[0].Height * 300, anchors[0].Width * 600, 1e-9);
    }

    [Theory, InlineData(320, 2034), InlineData(300, 1917), InlineData(224, 1014), InlineData(160, 540)]
    public async Task Every_recipe_has_as_many_candidates_as_its_maps_have_anchors(int side, int candidates)
    {
        var recipe = DetectorRecipe.Open($"person-{side}");

        var network = await DetectorNetworkBuilder.BuildAsync(BackboneCatalog.Open(recipe.Backbone), recipe.Input);

        Assert.Equal(new ImageSpec(side, side), recipe.Input);
        Assert.Equal(candidates, network.Candidates);
        Assert.Equal((0, 0, 0), network.LevelOf(0));
        Assert.Equal(5, network.LevelOf(candidates - 1).Level);
    }

    internal static BackboneDetector Card() => BackboneCatalog.Open("mobilenetv2-coco-ssd").Card.Detector!;
}
