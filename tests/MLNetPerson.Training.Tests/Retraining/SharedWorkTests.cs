using MLNetPerson.Files;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Curation.Neighbours;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Training.Retraining.Sizes;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Tests.Retraining;

/// <summary>Checks, evaluations, sensitivities and sweeps by shards give what one process gives.</summary>
public sealed class SharedWorkTests : IDisposable
{
    private const int Shards = 3;

    private readonly TinyWorld _world = new();

    [Fact]
    public void An_evaluation_by_shards_gives_the_numbers_of_one_process()
    {
        _world.Write("pictures/none/text.png", "not a picture");
        _world.Retrain();
        using var classifier = PersonClassifier.Load(_world.PackagePath);
        var alone = PackageEvaluator.Evaluate(classifier, _world.Dataset);

        var parts = All(shard => PackageEvaluator.Judge(classifier, _world.Dataset.Samples, shard, _world["answers"]));
        var again = PackageEvaluator.Judge(classifier, _world.Dataset.Samples, new Shard(2, Shards), _world["answers"]);
        var together = PackageEvaluator.Evaluate(classifier, _world.Dataset, _world["answers"]);

        Assert.Equal(40, parts.Sum(part => part.Own));
        Assert.Equal(parts[1].Own, again.FromCache);
        Assert.Equal(alone.Report, together.Report);
        Assert.Equal(alone.Probabilities, together.Probabilities.AsEnumerable());
        Assert.Equal(alone.Skipped.Select(skip => (skip.Sample, skip.Reason)), together.Skipped.Select(skip => (skip.Sample, skip.Reason)));
        // Nothing was judged a second time.
        Assert.Equal(Shards, Directory.GetFiles(_world["answers"], "*.answers", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task A_check_by_shards_finds_what_one_process_finds()
    {
        var first = File.ReadAllBytes(_world["pictures/person/000.png"]);
        _world.Write("pictures/person/copy.png", first);
        _world.Write("pictures/none/text.png", "not a picture");
        var dataset = _world.Dataset;
        var alone = await Curator.CheckAsync(dataset, _world.Recipe, features: _world.FeatureOptions);
        var (options, features) = (
            new CurationOptions { SharedFolder = _world["shared"] },
            new FeatureOptions { SharedFolder = _world["shared"] }
        );

        var measured = All(shard => Part(shard, neighbours: false));
        var found = All(shard => Part(shard, neighbours: true));
        var before = Directory.GetFiles(_world["shared"]).Length;
        var together = await Curator.CheckAsync(dataset, _world.Recipe, options, features);

        Assert.Equal(41, measured.Sum(part => part.Own));
        Assert.Equal(Shards, Directory.GetFiles(_world["shared"], "*.neighbours").Length);
        Assert.True(found.Sum(part => part.Own) > 0);
        Assert.Equal(Findings(alone), Findings(together));
        Assert.Equal(before, Directory.GetFiles(_world["shared"]).Length); // nothing was left to do

        ShardReport Part(Shard shard, bool neighbours) =>
            Curator.CheckPartAsync(dataset, _world.Recipe, shard, neighbours, options, features).GetAwaiter().GetResult();
    }

    [Theory, InlineData(1, 1), InlineData(33, 2), InlineData(500, 7), InlineData(64, 5)]
    public void Neighbours_searched_in_parts_are_those_of_one_search(int rows, int parts)
    {
        var vectors = Vectors(rows, seed: rows);
        var expected = NeighbourSearch.Nearest(vectors, 3, 0.2f);
        Directory.CreateDirectory(_world["parts"]);

        for (var number = 1; number <= parts; number++)
        {
            SharedNeighbours.Write(_world["parts"], vectors, 3, 0.2f, new Shard(number, parts), CancellationToken.None);
        }

        Assert.Equal(expected, SharedNeighbours.Merge(_world["parts"], vectors, 3, 0.2f, CancellationToken.None));
    }

    [Fact]
    public void A_damaged_or_missing_part_of_the_search_is_searched_again()
    {
        var vectors = Vectors(200, seed: 4);
        var expected = NeighbourSearch.Nearest(vectors, 3, 0.2f);
        Directory.CreateDirectory(_world["parts"]);
        for (var number = 1; number <= 2; number++)
        {
            SharedNeighbours.Write(_world["parts"], vectors, 3, 0.2f, new Shard(number, 2), CancellationToken.None);
        }

        var file = Directory.GetFiles(_world["parts"])[0];
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Equal(expected, SharedNeighbours.Merge(_world["parts"], vectors, 3, 0.2f, CancellationToken.None));
        File.WriteAllBytes(file, bytes[..50]);
        Assert.Equal(expected, SharedNeighbours.Merge(_world["parts"], vectors, 3, 0.2f, CancellationToken.None));
        File.Delete(file);
        Assert.Equal(expected, SharedNeighbours.Merge(_world["parts"], vectors, 3, 0.2f, CancellationToken.None));
    }

    [Fact]
    public void Sensitivities_measured_by_shards_are_taken_up_and_give_the_same_encoding()
    {
        _world.Retrain();
        _world.CopyPackageTo(_world["alone"]);
        _world.CopyPackageTo(_world["together"]);
        // No encoding is good enough, so that every step is taken and layers are ranked.
        var options = new QuantizeOptions
        {
            Encodings = [PackageEncoding.Int8],
            Calibration = 12,
            MaxDrop = 0,
        };
        var shared = options with { SharedFolder = _world["layers"] };
        var alone = PackageQuantizer.Quantize(ModelPackage.Open(_world["alone"]), _world.Dataset, null, options);

        var package = ModelPackage.Open(_world["together"]);
        var layers = Enumerable
            .Range(1, Shards)
            .Select(number => PackageQuantizer.RankPart(package, _world.Dataset, null, shared, new Shard(number, Shards)))
            .ToList();
        var files = Directory.GetFiles(_world["layers"]).Length;
        var together = PackageQuantizer.Quantize(package, _world.Dataset, null, shared);

        Assert.True(layers.Sum() >= 2, "the tiny network has two convolutions and a head");
        Assert.Equal(files, Directory.GetFiles(_world["layers"]).Length); // nothing was left to measure
        Assert.Equal(alone.Refused.Select(refused => refused.ToString()), together.Refused.Select(refused => refused.ToString()));
        Assert.Equal(Models("alone"), Models("together"));
    }

    [Fact]
    public async Task A_sweep_by_shards_makes_every_size_once_and_the_whole_takes_them_up()
    {
        using var world = new TinyWorld(anySize: true);
        var options = new SizeOptions
        {
            Recipe = world.Recipe,
            Sides = [32, 64, 96],
            Features = world.FeatureOptions,
            WorkFolder = world["sizes"],
            Seconds = 0.01,
        };

        var first = await SizeSweep.RunPartAsync(world.Dataset, null, options, new Shard(1, 2));
        var second = await SizeSweep.RunPartAsync(world.Dataset, null, options, new Shard(2, 2));
        var whole = await SizeSweep.RunAsync(world.Dataset, null, options);

        Assert.Equal([32, 96], first.AsEnumerable());
        Assert.Equal([64], second.AsEnumerable());
        Assert.Equal([32, 64, 96], whole.UpToDate.AsEnumerable());
    }

    public void Dispose() => _world.Dispose();

    private static List<ShardReport> All(Func<Shard, ShardReport> run) =>
        [.. Enumerable.Range(1, Shards).Select(number => run(new Shard(number, Shards)))];

    private static IEnumerable<string> Findings(CurationReport report) =>
        report
            .Checks.Select(check => $"{check.Check}: {check.About}")
            .Concat(
                report.Findings.Select(finding =>
                    $"{finding.Kind} {finding.File} {finding.Sha256} {finding.Score:R} {finding.Why} {string.Join(',', finding.Related)}"
                )
            );

    private IEnumerable<(string, string)> Models(string package) =>
        Directory
            .GetFiles(_world[package], "*.onnx")
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(file), Sha256Text.OfFile(file)));

    private static FeatureTable Vectors(int rows, int seed)
    {
        const int Width = 20;
        var random = new Random(seed);
        var values = new float[rows * Width];
        for (var row = 0; row < rows; row++)
        {
            var vector = values.AsSpan(row * Width, Width);
            for (var i = 0; i < Width; i++)
            {
                vector[i] = (float)(random.NextDouble() - 0.5);
            }

            var length = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares((ReadOnlySpan<float>)vector));
            System.Numerics.Tensors.TensorPrimitives.Divide(vector, length, vector);
        }

        return new FeatureTable(rows, Width, values);
    }
}
