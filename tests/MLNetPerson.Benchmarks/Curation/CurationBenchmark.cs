using System.Diagnostics;
using System.Numerics.Tensors;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Curation.Neighbours;
using MLNetPerson.Training.Curation.Pictures;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks.Curation;

/// <summary>What curation costs, and what it finds of what was planted and of what is really wrong in VOC2007.</summary>
internal static class CurationBenchmark
{
    private const int Annotations = 100_000;
    private const int Vectors = 100_000;
    private const int BruteRows = 100;
    private const double Flipped = 0.02;
    private const double LookedAt = 0.04;
    private const int Strongest = 40;
    private static readonly int[] Seeds = [1, 2, 3];

    public static void Run(string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("mlnetperson-curation-").FullName;
        try
        {
            var rows = new ResultRows();
            var photos = BenchmarkData.Photos();
            Import(rows, folder);
            Search(rows, photos);
            Copies(rows, photos, folder);
            Flips(rows, photos);
            Check(rows, photos);
            rows.Write("curation.csv");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Import(ResultRows rows, string folder)
    {
        var coco = Path.Combine(folder, "coco");
        Directory.CreateDirectory(coco);
        var megabytes = new FileInfo(SyntheticCoco.Write(coco, Annotations, seed: 1)).Length / 1e6;
        var outcome = ChildProcess.Start("import", coco);
        rows.Add($"import of {Annotations:N0} COCO annotations, {megabytes:0} MB of JSON", outcome.Seconds, "s", "under 10");
        rows.Add("its peak memory, the program's own included", outcome.PeakMegabytes, "MB", "under 300");
    }

    /// <summary>Vectors that are like pictures': mixtures of VOC2007's.</summary>
    private static void Search(ResultRows rows, Dataset photos)
    {
        var real = Descriptors.Of(Extract("light", photos).Set.Table);
        var random = new Random(1);
        var values = new float[Vectors * real.Width];
        for (var row = 0; row < Vectors; row++)
        {
            var vector = values.AsSpan(row * real.Width, real.Width);
            TensorPrimitives.MultiplyAdd(
                real.Row(random.Next(real.Rows)),
                (float)(0.3 + (0.7 * random.NextDouble())),
                real.Row(random.Next(real.Rows)),
                vector
            );
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm((ReadOnlySpan<float>)vector), vector);
        }

        var table = new FeatureTable(Vectors, real.Width, values);
        var watch = Stopwatch.StartNew();
        var pairs = NeighbourSearch.Nearest(table, 3, 0.6f);
        var ours = watch.Elapsed.TotalSeconds;

        // All pairs one after the other, as far as patience goes, and from there by the number of pairs; on as many cores.
        var share = BruteRows / (Vectors / 2.0);
        var loop =
            TimeRows(
                table,
                (a, b) =>
                {
                    var sum = 0f;
                    for (var k = 0; k < a.Length; k++)
                    {
                        sum += a[k] * b[k];
                    }

                    return sum;
                }
            ) / share;
        var simd = TimeRows(table, (a, b) => TensorPrimitives.Dot(a, b)) / share;
        rows.Add($"the 3 nearest of {Vectors:N0} vectors of {real.Width}, none missed ({pairs.Count:N0} pairs)", ours, "s");
        rows.Add("the same by comparing all pairs in managed loops (extrapolated)", loop, "s");
        rows.Add("the same by comparing all pairs with SIMD dot products (extrapolated)", simd, "s");
        rows.Add("faster than managed loops", loop / ours, "times");
        rows.Add("faster than SIMD dot products", simd / ours, "times");
    }

    private delegate float DotProduct(ReadOnlySpan<float> a, ReadOnlySpan<float> b);

    private static double TimeRows(FeatureTable table, DotProduct dot)
    {
        var sums = new float[BruteRows];
        var watch = Stopwatch.StartNew();
        Parallel.For(
            0,
            BruteRows,
            row =>
            {
                for (var other = 0; other < table.Rows; other++)
                {
                    sums[row] = Math.Max(sums[row], dot(table.Row(row * 7), table.Row(other)));
                }
            }
        );
        return watch.Elapsed.TotalSeconds * (sums[0] > 0 ? 1 : double.NaN);
    }

    private static void Copies(ResultRows rows, Dataset photos, string folder)
    {
        var planted = Directory.CreateDirectory(Path.Combine(folder, "planted")).FullName;
        var copies = PlantedCopies.Make(photos.Samples, planted, seed: 5);
        Sample[] samples = [.. photos.Samples, .. copies.Select(copy => copy.Sample)];
        var measures = new PictureMeter().MeasureMany(samples).Select(result => result.Measures!).ToList();
        var (network, set) = Extract(Curator.DefaultRecipe, photos);
        var more = new FeatureExtractor(network, new FeatureOptions { CacheFolder = Path.Combine(folder, "features") }).Extract([
            .. copies.Select(copy => copy.Sample),
        ]);
        var table = new FeatureTable(samples.Length, network.Width, [.. set.Table.Values, .. more.Table.Values]);

        int Original(int index) => index < photos.Samples.Length ? index : copies[index - photos.Samples.Length].Of;
        foreach (var (name, features) in new[] { ("hashes and features", table), ("hashes alone", null) })
        {
            var watch = Stopwatch.StartNew();
            var found = CopyFinder
                .Find(measures, features, new CurationOptions())
                .Where(pair => pair.Kind != FindingKind.SameScene)
                .ToList();
            var right = found.Where(pair => Original(pair.First) == Original(pair.Second)).ToList();
            var hit = right.Select(pair => pair.Second).ToHashSet();
            rows.Add(
                $"planted copies found, {name}: recall of the five kinds promised",
                Recall(kind => kind != PlantedCopies.Kinds[^1]),
                "",
                features is null ? "" : "at least 0.95"
            );
            rows.Add(
                $"planted copies found, {name}: precision (pairs that VOC2007 had before count as wrong)",
                right.Count / (double)found.Count,
                "",
                features is null ? "" : "at least 0.95"
            );
            rows.Add($"planted copies found, {name}: time", watch.Elapsed.TotalSeconds, "s");
            foreach (var kind in PlantedCopies.Kinds)
            {
                rows.Add($"planted copies found, {name}: recall, {kind}", Recall(one => one == kind), "");
            }

            double Recall(Func<string, bool> wanted)
            {
                var of = copies
                    .Select((copy, i) => (copy.Kind, Index: photos.Samples.Length + i))
                    .Where(copy => wanted(copy.Kind))
                    .ToList();
                return of.Count(copy => hit.Contains(copy.Index)) / (double)of.Count;
            }
        }
    }

    private static void Flips(ResultRows rows, Dataset photos)
    {
        foreach (var recipe in new[] { "light", Curator.DefaultRecipe })
        {
            var (network, set) = Extract(recipe, photos);
            var hits = Seeds
                .AsEnumerable()
                .Select(seed =>
                {
                    var random = new Random(seed);
                    var flipped = Enumerable
                        .Range(0, photos.Samples.Length)
                        .OrderBy(_ => random.Next())
                        .Take((int)(photos.Samples.Length * Flipped))
                        .ToHashSet();
                    Sample[] samples =
                    [
                        .. photos.Samples.Select((sample, i) => flipped.Contains(i) ? sample with { IsPerson = !sample.IsPerson } : sample),
                    ];
                    var probabilities = OutOfFold.Run(samples, set.Table, network.Blocks, new HeadOptions()).Probabilities;
                    var first = Enumerable
                        .Range(0, samples.Length)
                        .OrderBy(i => samples[i].IsPerson ? probabilities[i] : 1 - probabilities[i])
                        .Take((int)(samples.Length * LookedAt));
                    return first.Count(flipped.Contains) / (double)flipped.Count;
                })
                .ToList();
            rows.Add(
                $"2 % flipped labels, found in the first 4 % of the ranking (recipe {recipe}, mean of {Seeds.Length} draws)",
                hits.Average(),
                "",
                "at least 0.7"
            );
            rows.Add($"the same, worst draw (recipe {recipe})", hits.Min(), "");
        }
    }

    private static void Check(ResultRows rows, Dataset photos)
    {
        var recipe = RecipeCatalog.Open(Curator.DefaultRecipe);
        var outcome = ChildProcess.Start("check");
        rows.Add($"all checks on {photos.Samples.Length:N0} pictures, features cached", outcome.Seconds, "s", "under 30 for 5,000");
        rows.Add("their peak memory", outcome.PeakMegabytes, "MB");

        // Looked through by eye, all 2,855 pictures labelled none: see models/results/voc2007-wrong-labels.csv.
        var report = Curator.CheckAsync(photos, recipe).GetAwaiter().GetResult();
        var wrong = File.ReadLines(BenchmarkData.Results("voc2007-wrong-labels.csv"))
            .Skip(1)
            .Select(line => line.Split(',')[0])
            .ToHashSet();
        var strongest = report
            .Findings.Where(finding => finding.Kind == FindingKind.LabelNoise)
            .Take(Strongest)
            .Select(finding => finding.File)
            .Where(wrong.Contains)
            .ToList();
        rows.Add(
            $"of {wrong.Count} pictures of VOC2007 labelled none in which somebody can be seen, among the {Strongest} strongest",
            strongest.Count / (double)wrong.Count,
            "",
            "at least 0.5"
        );
        Console.WriteLine($"  {string.Join(' ', strongest)}");
        Console.WriteLine($"  {report}");
    }

    internal static (FeatureNetwork Network, FeatureSet Set) Extract(string name, Dataset photos)
    {
        var recipe = RecipeCatalog.Open(name);
        var network = FeatureNetworkBuilder
            .BuildAsync(BackboneCatalog.Open(recipe.Backbone), recipe.Input, recipe.Features)
            .GetAwaiter()
            .GetResult();
        return (network, new FeatureExtractor(network).Extract(photos.Samples));
    }
}
