using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Evaluation;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Tests.Detection;

/// <summary>Suppression inside a graph, in C#, and the search for its thresholds.</summary>
public sealed class SuppressionTests
{
    private const int Count = 40;

    [Theory, InlineData(0.3, 0.2, 100), InlineData(0.5, 0.0, 100), InlineData(0.7, 0.5, 3), InlineData(0, 0, 100), InlineData(1, 0, 100)]
    public void ONNX_Runtime_and_the_plain_loop_keep_the_same_boxes(double iou, double score, int most)
    {
        // A model whose boxes are its input: [N, 8, 5, 3] bytes hold 20 boxes and probabilities each.
        var (boxes, probabilities) = (Boxes(seed: 3), Numbers(seed: 4, Count));
        using var model = Joined(boxes, probabilities, new SuppressionOptions(iou, score, most));

        var rows = model.Run<byte>(new byte[1], [1, 1], [SuppressionPart.OutputName])[0];

        var kept = NonMaximumSuppression.Select(boxes, probabilities, (float)iou, (float)score, most);
        Assert.Equal([kept.Count, 6], rows.Shape.Select(size => (int)size));
        float[] expected = [.. kept.SelectMany(i => new[] { 0, probabilities[i] }.Concat(boxes.AsSpan(i * 4, 4).ToArray()))];
        Assert.Equal(expected, rows.Values);
        Assert.NotEmpty(kept);
    }

    [Fact]
    public void What_stays_overlaps_little_and_what_goes_overlaps_something_more_probable()
    {
        var (boxes, probabilities) = (Boxes(seed: 9), Numbers(seed: 10, Count));
        var kept = NonMaximumSuppression.Select(boxes, probabilities, 0.4f, 0, 100);

        double Overlap(int a, int b) =>
            new FoundBox(
                0,
                boxes[4 * a],
                boxes[(4 * a) + 1],
                boxes[(4 * a) + 2] - boxes[4 * a],
                boxes[(4 * a) + 3] - boxes[(4 * a) + 1]
            ).Overlap(
                new TruthBox(boxes[4 * b], boxes[(4 * b) + 1], boxes[(4 * b) + 2] - boxes[4 * b], boxes[(4 * b) + 3] - boxes[(4 * b) + 1])
            );
        Assert.All(
            kept.SelectMany((a, i) => kept.Skip(i + 1).Select(b => (a, b))),
            pair =>
            {
                Assert.True(probabilities[pair.a] >= probabilities[pair.b]);
                Assert.True(Overlap(pair.a, pair.b) <= 0.4 + 1e-6);
            }
        );
        Assert.All(
            Enumerable.Range(0, Count).Except(kept),
            gone => Assert.Contains(kept, other => probabilities[other] >= probabilities[gone] && Overlap(other, gone) > 0.4 - 1e-6)
        );
    }

    [Fact]
    public void The_search_keeps_the_pair_that_is_best_and_compares_fewest_boxes()
    {
        // A person with a good box and a near copy, two persons side by side, and noise of little probability.
        var picture = new BoxedPicture(
            new Sample
            {
                File = "a",
                Path = "a",
                IsPerson = true,
            },
            100,
            100,
            [new TruthBox(10, 10, 40, 80), new TruthBox(28, 10, 40, 80)]
        );
        var candidates = new PictureCandidates(
            [0.1f, 0.1f, 0.5f, 0.9f, 0.12f, 0.1f, 0.52f, 0.9f, 0.28f, 0.1f, 0.68f, 0.9f, 0.8f, 0.8f, 0.9f, 0.9f],
            [0.9f, 0.8f, 0.7f, 0.02f],
            100,
            100
        );

        var frontier = SuppressionSearch.Run([candidates], [picture], new ImageSpec(100, 100), new SuppressionSearchOptions());

        // The persons overlap by 0.38, the copy by 0.9: any threshold in between finds both, and the noise may go first.
        Assert.Equal(1, frontier.Chosen.Value, 1e-9);
        Assert.InRange(frontier.Chosen.IouThreshold, 0.4, 0.85);
        Assert.Equal(0.5, frontier.Chosen.ScoreThreshold);
        Assert.True(frontier.Chosen.IsOnFrontier);
        Assert.Equal(110, frontier.Points.Length);
        Assert.True(frontier.Points.Single(point => point is { IouThreshold: 0.3, ScoreThreshold: 0.5 }).Value < 1);
        Assert.Equal(111, frontier.ToCsv().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Thresholds_that_are_out_of_range_are_told_together()
    {
        var exception = Assert.Throws<DetectionException>(() =>
            SuppressionSearch.Run(
                [],
                [],
                new ImageSpec(10, 10),
                new SuppressionSearchOptions
                {
                    IouThresholds = [1.5],
                    ScoreThresholds = [0.0001],
                    Tolerance = -1,
                }
            )
        );

        Assert.Equal(
            "Options of the search have a fault: IoU thresholds must be given, each within 0 to 1; score thresholds must be given, each "
                + "within "
                + "0.001 to 1; a tolerance of -1 is outside 0 to 1.",
            exception.Message
        );
    }

    private static OnnxModel Joined(float[] boxes, float[] probabilities, SuppressionOptions options)
    {
        var builder = new GraphBuilder("boxes");
        var image = builder.Input("image", DataType.Uint8, -1, 1);
        var zero = builder.Node(
            "Mul",
            "zero",
            [
                builder.Node("Cast", "byte", [image], OnnxNode.Attribute("to", (long)DataType.Float)),
                builder.Constant(OnnxTensor.Scalar("0", 0)),
            ]
        );
        var cube = builder.Node("Unsqueeze", "cube", [zero, builder.Constant(OnnxTensor.Of("last", [2L], 1))]);
        builder.Node("Add", DetectorTail.BoxesName, [cube, builder.Constant(OnnxTensor.Of("b", boxes, 1, Count, 4))]);
        builder.Node("Add", DetectorTail.ProbabilitiesName, [zero, builder.Constant(OnnxTensor.Of("p", probabilities, 1, Count))]);
        builder.Output(DetectorTail.BoxesName, DataType.Float, -1, Count, 4);
        builder.Output(DetectorTail.ProbabilitiesName, DataType.Float, -1, Count);
        return OnnxModel.Load([.. builder.Graph.ToBytes(), .. SuppressionPart.Build(options)], "joined");
    }

    private static float[] Boxes(int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, Count)
                .SelectMany(_ =>
                {
                    var (left, top) = (random.NextSingle() * 0.6f, random.NextSingle() * 0.6f);
                    return new[] { left, top, left + 0.1f + (random.NextSingle() * 0.3f), top + 0.1f + (random.NextSingle() * 0.3f) };
                }),
        ];
    }

    private static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 0.01f + (0.98f * random.NextSingle()))];
    }
}
