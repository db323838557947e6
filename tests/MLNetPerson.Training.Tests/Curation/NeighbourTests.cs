using System.Numerics;
using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Curation.Neighbours;
using MLNetPerson.Training.Curation.Pictures;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Tests.Curation;

public sealed class NeighbourTests
{
    [Theory, InlineData(1, 8), InlineData(33, 5), InlineData(70, 32), InlineData(257, 48), InlineData(500, 128)]
    public void The_nearest_are_those_that_comparing_all_pairs_finds(int rows, int width)
    {
        var table = Clustered(rows, width, seed: rows);

        var found = NeighbourSearch.Nearest(table, 3, 0.5f);

        Assert.Equal(Plain(table, 3, 0.5f).Select(pair => (pair.First, pair.Second)), found.Select(pair => (pair.First, pair.Second)));
    }

    [Theory, InlineData(0), InlineData(5), InlineData(11)]
    public void The_index_misses_no_hash(int most)
    {
        var random = new Random(most);
        var hashes = Enumerable.Range(0, 300).Select(_ => (ulong)random.NextInt64()).ToArray();
        for (var i = 0; i < 200; i++)
        {
            hashes[i + 100] = hashes[random.Next(100)] ^ Flips(random, random.Next(14));
        }

        foreach (var view in new Func<ulong, ulong>[] { hash => hash, PerceptualHash.Mirror })
        {
            var expected =
                from i in Enumerable.Range(0, hashes.Length)
                from j in Enumerable.Range(i + 1, hashes.Length - i - 1)
                where BitOperations.PopCount(view(hashes[i]) ^ hashes[j]) <= most
                select (i, j);
            Assert.Equal(expected, new HashIndex(hashes).Pairs(most, view));
        }
    }

    [Fact]
    public void Descriptors_keep_who_is_near_whom()
    {
        var random = new Random(3);
        var rows = new float[60 * 400];
        for (var row = 0; row < 60; row++)
        {
            for (var i = 0; i < 400; i++)
            {
                rows[(row * 400) + i] =
                    row % 2 == 0 ? (float)random.NextDouble() : rows[((row - 1) * 400) + i] + (0.05f * (float)random.NextDouble());
            }
        }

        var descriptors = Descriptors.Of(new FeatureTable(60, 400, rows));
        var nearest = NeighbourSearch.Nearest(descriptors, 1, 0.8f);

        Assert.Equal(Enumerable.Range(0, 30).Select(i => (2 * i, (2 * i) + 1)), nearest.Select(pair => (pair.First, pair.Second)));
        Assert.Equal(descriptors.Values, Descriptors.Of(new FeatureTable(60, 400, rows)).Values);
    }

    [SkippableTheory]
    [
        InlineData("scaled"),
        InlineData("mirrored"),
        InlineData("brighter"),
        InlineData("cropped at a corner", true),
        InlineData("cropped all round", true),
        InlineData("cropped and mirrored", true)
    ]
    public void A_copy_is_found_and_a_stranger_is_not(string kind, bool ofPhotographs = false)
    {
        // Crops are looked for among photographs: drawn shapes are flatter.
        var photographs = ofPhotographs ? Directory.GetFiles(TestData.At("voc2007/images")).Order(StringComparer.Ordinal).ToArray() : null;
        RgbImage Scene(int seed) =>
            photographs is null ? CuratedPictures.Scene(seed) : new ImageReader().Read(File.ReadAllBytes(photographs[seed]));
        const int Scenes = 12,
            AtLeast = 10;
        var hits = 0;
        for (var seed = 0; seed < Scenes; seed++)
        {
            var scene = Scene(seed);
            var (side, top) = (scene.Width / 20, scene.Height / 20);
            var copy = kind switch
            {
                "scaled" => CuratedPictures.Scale(scene, scene.Width / 2, scene.Height / 2),
                "mirrored" => CuratedPictures.Mirror(scene),
                "cropped at a corner" => CuratedPictures.Crop(scene, side, top, scene.Width - side, scene.Height - top),
                "cropped all round" => CuratedPictures.Crop(scene, side, top, scene.Width - (2 * side), scene.Height - (2 * top)),
                "cropped and mirrored" => CuratedPictures.Mirror(
                    CuratedPictures.Crop(scene, 0, top, scene.Width - side, scene.Height - top)
                ),
                _ => new(scene.Width, scene.Height, [.. scene.Pixels.Select(value => (byte)Math.Min(255, (value * 0.8) + 40))]),
            };
            PictureMeasures[] measures =
            [
                .. new[] { scene, Scene(seed + 50), copy, Scene(seed + 100) }.Select(
                    (image, i) => CuratedPictures.Of($"{i}", true, image).Measures
                ),
            ];

            // The first three are each other's neighbours by these features: what is found is found by laying them over each other.
            var alike = new FeatureTable(4, 2, [1, 0, 1, 0, 1, 0, 0, 1]);
            var found = CopyFinder.Find(measures, alike, new CurationOptions());

            Assert.DoesNotContain(found, pair => (pair.First, pair.Second) != (0, 2));
            hits += found.Count(pair => pair.Kind == FindingKind.NearDuplicate);
        }

        Assert.InRange(hits, AtLeast, Scenes);
    }

    [Fact]
    public void The_same_bytes_are_an_exact_duplicate()
    {
        var measures = CuratedPictures.Of("a", true, CuratedPictures.Scene(1)).Measures;

        Assert.Equal(FindingKind.ExactDuplicate, CopyFinder.Find([measures, measures], null, new CurationOptions()).Single().Kind);
    }

    [Fact]
    public void Solving_agrees_with_multiplying_back()
    {
        var random = new Random(8);
        double[,] a = new double[6, 6],
            matrix = new double[6, 6];
        double[] x = [1, -2, 3, 0.5, -1, 4],
            right = new double[6];
        for (var i = 0; i < 36; i++)
        {
            a[i / 6, i % 6] = random.NextDouble() - 0.5;
        }

        for (var i = 0; i < 36; i++)
        {
            matrix[i / 6, i % 6] = Enumerable.Range(0, 6).Sum(k => a[k, i / 6] * a[k, i % 6]) + (i / 6 == i % 6 ? 0.1 : 0);
        }

        for (var i = 0; i < 6; i++)
        {
            right[i] = Enumerable.Range(0, 6).Sum(j => matrix[i, j] * x[j]);
        }

        Assert.True(SmallSystem.Solve(matrix, right));
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(x[i], right[i], 1e-5);
        }

        Assert.False(SmallSystem.Solve(new double[2, 2], new double[2]));
    }

    private static ulong Flips(Random random, int bits) =>
        Enumerable.Range(0, bits).Aggregate(0UL, (all, _) => all | (1UL << random.Next(64)));

    private static FeatureTable Clustered(int rows, int width, int seed)
    {
        var random = new Random(seed);
        var values = new float[rows * width];
        for (var row = 0; row < rows; row++)
        {
            var centre = new Random((seed * 1000) + (row % 7));
            var vector = Enumerable.Range(0, width).Select(_ => centre.NextDouble() - 0.5 + ((random.NextDouble() - 0.5) * 0.8)).ToArray();
            var length = Math.Sqrt(vector.Sum(value => value * value));
            for (var i = 0; i < width; i++)
            {
                values[(row * width) + i] = (float)(vector[i] / length);
            }
        }

        return new FeatureTable(rows, width, values);
    }

    private static List<(int First, int Second)> Plain(FeatureTable table, int count, float least)
    {
        double Cosine(int a, int b) => Enumerable.Range(0, table.Width).Sum(k => (double)table.Row(a)[k] * table.Row(b)[k]);
        return
        [
            .. Enumerable
                .Range(0, table.Rows)
                .SelectMany(row =>
                    Enumerable
                        .Range(0, table.Rows)
                        .Where(other => other != row)
                        .Select(other => (other, Cosine: Cosine(row, other)))
                        .Where(pair => pair.Cosine >= least)
                        .OrderByDescending(pair => pair.Cosine)
                        .Take(count)
                        .Select(pair => (Math.Min(row, pair.other), Math.Max(row, pair.other)))
                )
                .Distinct()
                .Order(),
        ];
    }
}
