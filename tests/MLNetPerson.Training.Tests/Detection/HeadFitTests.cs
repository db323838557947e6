using MLNetPerson.Inference;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Tests.Detection;

/// <summary>Fitting near published weights, and what scores mean level by level.</summary>
public sealed class HeadFitTests
{
    [Fact]
    public void A_strong_prior_keeps_the_published_filter_and_a_weak_one_finds_the_direction()
    {
        var random = new Random(7);
        float[][] rows = [.. Enumerable.Range(0, 400).Select(_ => new[] { Normal(random), Normal(random), 1f })];
        float[] targets = [.. rows.Select(row => row[0] + (0.3 * Normal(random)) > 0 ? 1f : 0f)];

        var (kept, _) = new AnchoredRegression(rows, targets, [0, 0.5f, 0], 0).Fit(1e6, 60);
        var (moved, _) = new AnchoredRegression(rows, targets, [0, 0.5f, 0], 0).Fit(1e-3, 60);

        Assert.Equal(0.5f, kept[1], 1e-3f);
        Assert.Equal(0, kept[0], 1e-3f);
        Assert.True(moved[0] > 2, $"the direction that tells has a weight of {moved[0]}");
        Assert.True(Math.Abs(moved[1]) < 0.5, $"the other has {moved[1]}");
    }

    [Fact]
    public void A_calibration_by_level_finds_slope_and_offsets()
    {
        var random = new Random(11);
        double[] offsets = [-1, 0.5, 1.5];
        List<(double Logit, int Level, bool IsRight)> boxes =
        [
            .. Enumerable
                .Range(0, 6000)
                .Select(i =>
                {
                    var (logit, level) = (3 * (double)Normal(random), i % 3);
                    return (logit, level, random.NextDouble() < 1 / (1 + Math.Exp(-((0.6 * logit) + offsets[level]))));
                }),
        ];

        var calibration = LevelCalibration.Fit(boxes, 3, perLevel: true);

        Assert.Equal(0.6, calibration.Slope, 0.06);
        Assert.All(offsets.Zip(calibration.Offsets), pair => Assert.Equal(pair.First, pair.Second, 0.2));
        var common = LevelCalibration.Fit(boxes, 3, perLevel: false);
        Assert.Single(common.Offsets.Distinct());
    }

    [Fact]
    public void Two_calibrations_are_one()
    {
        var (first, second) = (new LevelCalibration(0.5, [1, 2]), new LevelCalibration(2, [3, 3]));

        var both = first.Then(second);

        Assert.Equal((2 * ((0.5 * 4) + 2)) + 3, (both.Slope * 4) + both.Offsets[1], 1e-12);
    }

    [Fact]
    public void A_calibration_needs_right_boxes_and_wrong_ones()
    {
        Assert.Throws<ArgumentException>(() => LevelCalibration.Fit([(1, 0, true), (2, 0, true)], 1, perLevel: false));
    }

    [Fact]
    public async Task A_calibrated_head_gives_calibrated_logits_in_the_graph()
    {
        var network = await DetectorNetworkBuilder.BuildAsync(
            BackboneCatalog.Open("mobilenetv2-coco-ssd"),
            DetectorRecipe.Open("person-160").Input
        );
        var calibration = new LevelCalibration(0.7, [-0.1, 0.2, 0.3, -0.4, 0.5, 0.6]);

        var changed = DetectorHead.Of(network).With(calibration).ApplyTo(network);

        var (before, after) = (Logits(network), Logits(changed));
        Assert.Equal(540, before.Length);
        for (var i = 0; i < before.Length; i++)
        {
            Assert.Equal((0.7 * before[i]) + calibration.Offsets[network.LevelOf(i).Level], after[i], 1e-3);
        }
    }

    private static float[] Logits(DetectorNetwork network)
    {
        using var model = OnnxModel.Load(network.Body.ToBytes(), "body");
        var picture = GoldenPictures.Draw(network.Input, 3, 3).Pixels;
        return model.Run<byte>(picture, [1, 160, 160, 3], [DetectorNetwork.LogitsName])[0].Values;
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
