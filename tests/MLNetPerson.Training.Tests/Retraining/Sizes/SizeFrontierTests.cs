using System.Globalization;
using System.Xml.Linq;
using MLNetPerson.Benchmarking;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;
using MLNetPerson.Training.Retraining.Sizes;

namespace MLNetPerson.Training.Tests.Retraining.Sizes;

public sealed class SizeFrontierTests
{
    [Fact]
    public void A_point_is_dominated_by_one_that_is_no_worse_in_anything_and_better_in_something()
    {
        var marked = SizeFrontier.Mark([
            Point(96, 0.87, 1.0, 3),
            Point(128, 0.86, 1.5, 3),
            Point(160, 0.90, 2.0, 3),
            Point(192, 0.90, 2.5, 3),
            Point(192, 0.90, 2.1, 1, "int8"),
            Point(224, 0.92, 3.0, 3),
        ]);

        Assert.Equal([null, "96 float32", null, "160 float32", null, null], marked.Select(point => point.DominatedBy));
        // alike in all
        Assert.All(SizeFrontier.Mark([Point(96, 0.9, 1, 1), Point(128, 0.9, 1, 1)]), point => Assert.Null(point.DominatedBy));
    }

    [Fact]
    public void The_frontier_holds_what_a_plain_search_finds()
    {
        const int Seed = 71;
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            List<SizePoint> points =
            [
                .. Enumerable.Range(0, 12).Select(i => Point(32 * (i + 1), random.Next(5) / 5.0, 1 + random.Next(5), 1 + random.Next(3))),
            ];
            var marked = SizeFrontier.Mark(points);

            foreach (var point in marked)
            {
                var worse = points.Any(other =>
                    other.Accuracy.Value >= point.Accuracy.Value
                    && other.Milliseconds <= point.Milliseconds
                    && other.Bytes <= point.Bytes
                    && (other.Accuracy.Value, other.Milliseconds, other.Bytes) != (point.Accuracy.Value, point.Milliseconds, point.Bytes)
                );
                Assert.True(worse == point.DominatedBy is not null, $"seed {Seed}, round {round}: {point}");
                Assert.True(point.DominatedBy is null || marked.Single(other => other.Name == point.DominatedBy).Dominates(point));
            }

            Assert.Contains(marked, point => point.DominatedBy is null);
        }
    }

    [Fact]
    public void The_chart_is_well_formed_has_every_point_and_no_comma_for_decimals()
    {
        var culture = CultureInfo.CurrentCulture;
        var points = SizeFrontier.Mark([Point(96, 0.87, 1.0, 3), Point(128, 0.86, 1.5, 3), Point(160, 0.90, 2.0, 1, "int8")]);
        string svg;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            svg = FrontierChart.Draw(points, "a < b & c", "on \"this\" machine");
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        var root = XDocument.Parse(svg).Root!;
        var ns = root.Name.Namespace;
        Assert.Equal(FrontierChart.Draw(points, "a < b & c", "on \"this\" machine"), svg);
        Assert.Equal(["96", "128", "160"], root.Elements(ns + "g").Select(group => group.Element(ns + "text")!.Value));
        Assert.Equal(["#0072B2", "#fff", "#D55E00"], root.Elements(ns + "g").Select(group => group.Attribute("fill")!.Value));
        Assert.Equal("a < b & c", root.Element(ns + "title")!.Value);
        Assert.Equal(2, root.Element(ns + "polyline")!.Attribute("points")!.Value.Split(' ').Length);
        foreach (var circle in root.Elements(ns + "g").Select(group => group.Element(ns + "circle")!))
        {
            Assert.InRange(double.Parse(circle.Attribute("cx")!.Value, CultureInfo.InvariantCulture), 70, 736);
            Assert.InRange(double.Parse(circle.Attribute("cy")!.Value, CultureInfo.InvariantCulture), 56, 396);
        }
    }

    [Fact]
    public void On_VOC2007_time_grows_with_size_and_so_does_accuracy_but_for_chance()
    {
        var rows = File.ReadAllLines(Repository.At("models/results/sizes.csv")).Skip(1).Select(line => line.Split(',')).ToList();
        double Number(string[] row, int column) => double.Parse(row[column], CultureInfo.InvariantCulture);
        foreach (var encoding in rows.GroupBy(row => row[2]))
        {
            var ordered = encoding.OrderBy(row => Number(row, 1)).ToList();
            Assert.Equal(8, ordered.Count);
            Assert.All(
                ordered.Zip(ordered.Skip(1)),
                pair =>
                    Assert.True(
                        Number(pair.First, 7) < Number(pair.Second, 7),
                        $"{encoding.Key}: {pair.First[1]} takes as long as {pair.Second[1]}"
                    )
            );
            Assert.All(
                ordered.Zip(ordered.Skip(1)),
                pair =>
                    Assert.True(
                        Number(pair.Second, 5) > Number(pair.First, 3),
                        $"{encoding.Key}: {pair.Second[1]} is worse than {pair.First[1]} by more than chance"
                    )
            );
            Assert.True(Number(ordered[^1], 4) > Number(ordered[0], 5), "the largest is better than the smallest by more than chance");
        }
    }

    private static SizePoint Point(int side, double accuracy, double milliseconds, long bytes, string encoding = "float32") =>
        new(
            side,
            encoding,
            new PackageMetric(accuracy, accuracy - 0.02, accuracy + 0.02),
            null,
            new EncodingTiming(encoding, 1, LatencySummary.Of([milliseconds]), LatencySummary.Of([milliseconds]), 1),
            bytes,
            1
        );
}
