using System.Collections.Immutable;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Tests.Features;

/// <summary>One extraction by many processes: the result is the same bytes, whoever did what.</summary>
public sealed class ShardedExtractionTests : IDisposable
{
    private readonly TinyWorld _world = new();

    [Fact]
    public void Eight_shards_and_one_give_the_same_package_byte_for_byte()
    {
        var whole = Extract("one", Shard.Whole);
        var eight = Enumerable.Range(1, 8).Select(number => Extract("eight", new Shard(number, 8))).ToList();

        Assert.Equal((40, 0), ((int)whole.Own, (int)whole.FromCache));
        Assert.Equal(40, eight.Sum(shard => shard.Own));
        Assert.All(eight, shard => Assert.Equal(40, shard.Seen));
        Assert.Equal(8, Directory.GetFiles(_world["eight"], "*.features").Length);
        Assert.Equal(40, Retrain("one", "package-one").FromCache);
        Assert.Equal(40, Retrain("eight", "package-eight").FromCache);
        Assert.Equal(40, _world.Retrain().Samples); // and the same as without any shared folder
        SamePackage("package-one", "package-eight");
        SamePackage("package-one", "package");
    }

    [Fact]
    public void A_retrain_from_a_cache_opens_no_picture_where_the_dataset_says_their_hashes()
    {
        var listed = Listed();
        Extract("cache", Shard.Whole, listed.Samples);
        _world.Retrain(Options("cache", "package-before"), listed);
        Directory.Delete(_world.Pictures, recursive: true);

        var after = _world.Retrain(Options("cache", "package-after"), listed);

        Assert.Equal(40, after.FromCache);
        Assert.StartsWith("drawn picture", after.Export.Parity.WorstPicture);
        SamePackage("package-before", "package-after");
    }

    [Fact]
    public void A_retrain_from_a_cache_opens_no_picture_whose_name_length_and_time_are_known()
    {
        Extract("cache", new Shard(1, 2));
        Extract("cache", new Shard(2, 2));
        Retrain("cache", "package-before");
        foreach (var sample in _world.Dataset.Samples)
        {
            // The same length and time, and no picture any more: whoever opened it would notice.
            var time = File.GetLastWriteTimeUtc(sample.Path);
            File.WriteAllBytes(sample.Path, new byte[new FileInfo(sample.Path).Length]);
            File.SetLastWriteTimeUtc(sample.Path, time);
        }

        Assert.Equal(40, Retrain("cache", "package-after").FromCache);
        SamePackage("package-before", "package-after");
    }

    [Fact]
    public void A_picture_that_changed_in_place_is_noticed_by_its_time_and_extracted_anew()
    {
        Extract("cache", Shard.Whole);
        var changed = _world.Dataset.Samples[3].Path;
        File.WriteAllBytes(changed, ImageWriter.EncodePng(TestImages.Noise(20, 20, 1)));
        File.SetLastWriteTimeUtc(changed, DateTime.UnixEpoch.AddYears(40));

        Assert.Equal(39, Extract("cache", Shard.Whole).FromCache);
        Assert.Equal(40, Retrain("cache", "package").FromCache);
    }

    [Fact]
    public void A_shard_opens_only_its_own_pictures_where_the_dataset_says_their_hashes()
    {
        var listed = Listed();
        var shard = new Shard(2, 3);
        foreach (var sample in listed.Samples.Where(sample => !shard.Owns(sample.Sha256)))
        {
            File.Delete(sample.Path);
        }

        var report = Extract("cache", shard, listed.Samples);

        Assert.Equal((0, listed.Samples.Count(sample => shard.Owns(sample.Sha256))), ((int)report.Skipped, (int)report.Own));
    }

    [Fact]
    public void A_shard_that_was_stopped_goes_on_where_it_stopped_and_one_that_runs_twice_does_no_harm()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ShardedExtraction.Run(
                _world.Network(),
                _world.Dataset.Samples,
                Shard.Whole,
                Shared("cache") with
                {
                    Parallelism = 1,
                },
                new Stop(cancellation, 15),
                cancellation: cancellation.Token
            )
        );

        var rest = Extract("cache", Shard.Whole);
        Parallel.For(0, 2, _ => Extract("twice", Shard.Whole));
        Extract("twice", Shard.Whole);

        Assert.InRange(rest.FromCache, 15, 16);
        Assert.Equal(40, Retrain("cache", "package-cache").FromCache);
        Assert.Equal(40, Retrain("twice", "package-twice").FromCache);
        SamePackage("package-cache", "package-twice");
    }

    [Fact]
    public void A_torn_or_damaged_record_is_noticed_and_made_again()
    {
        Extract("cache", Shard.Whole);
        Retrain("cache", "package-before");
        var file = Directory.GetFiles(_world["cache"], "*.features").Single();
        var bytes = File.ReadAllBytes(file);
        bytes[(bytes.Length / 2) + 40] ^= 1; // behind the hash of a record in the middle
        File.WriteAllBytes(file, bytes[..^10]);

        var again = Extract("cache", Shard.Whole);

        Assert.Equal((38, 1), ((int)again.FromCache, (int)again.Damaged));
        Assert.Equal(40, Retrain("cache", "package-after").FromCache);
        SamePackage("package-before", "package-after");
    }

    [Fact]
    public void A_picture_that_changed_after_it_was_listed_is_not_taken_for_the_listed_one()
    {
        var listed = Listed();
        var changed = listed.Samples[3];
        File.WriteAllBytes(changed.Path, ImageWriter.EncodePng(TestImages.Noise(20, 20, 1)));

        var report = Extract("cache", Shard.Whole, listed.Samples);

        var skip = Assert.Single(report.Examples);
        Assert.Equal(changed.File, skip.Sample.File);
        Assert.Matches("^it has SHA-256 [0-9a-f]{12}…, the dataset says [0-9a-f]{12}…: it changed after it was listed\\.", skip.Reason);
    }

    [Fact]
    public void Pictures_in_tar_archives_give_the_package_of_the_same_pictures_in_files()
    {
        TarShards.Pack(_world.Dataset, _world["tars"], perArchive: 7);
        var packed = DatasetReader.Read(_world["tars"]).Samples;

        // Folds go by names: with the files' own, packages can be compared.
        var named = _world.Dataset with
        {
            Samples = [.. packed.Zip(_world.Dataset.Samples, (tar, file) => tar with { File = file.File })],
        };
        var report = Extract("cache", Shard.Whole, SampleStream.Read(_world["tars"]));
        Retrain("cache", "package-tars", named);
        _world.Retrain();

        Assert.Equal((40, 40), ((int)report.Seen, (int)report.Own));
        Assert.Equal(_world.Dataset.Samples.Select(sample => sample.IsPerson), packed.Select(sample => sample.IsPerson));
        SamePackage("package-tars", "package");
    }

    [Fact]
    public void A_table_that_is_larger_than_memory_is_given_lies_in_a_file_and_its_head_is_that_of_memory()
    {
        var memory = _world.Retrain(_world.Options with { Out = _world["package-memory"] });
        var disk = _world.Retrain(
            _world.Options with
            {
                Out = _world["package-disk"],
                Features = _world.FeatureOptions with { MostTableBytes = 0, TableFolder = _world["tables"] },
            }
        );

        // Two searches for one optimum. The judged probabilities are out of fold, where both end at a gradient of 1e-4.
        Assert.Equal(memory.Head.L2, disk.Head.L2);
        FloatAssert.Close(
            [.. memory.Judged.Probabilities.Select(value => (float)value)],
            [.. disk.Judged.Probabilities.Select(value => (float)value)],
            within: 0.02f
        );
        Assert.Empty(Directory.GetFiles(_world["tables"]));
    }

    [Fact]
    public void A_cache_of_another_recipe_is_refused_and_left_as_it_is()
    {
        Extract("cache", Shard.Whole);
        var before = Snapshot("cache");
        var padded = _world.Recipe with { Input = _world.Recipe.Input with { Resize = ResizeKind.Pad } };

        var retrained = Assert.Throws<FeatureException>(() => _world.Retrain(Options("cache", "package") with { Recipe = padded }));

        Assert.Equal(
            $"'{_world["cache"]}' is the cache of another recipe: its input is 32 x 32, squash, this one 32 x 32, pad. Name another "
                + $"folder by "
                + "--cache, or use the recipe and the version that it was made with; nothing in it was changed.",
            retrained.Message
        );
        Assert.Equal(before, Snapshot("cache"));
    }

    [Fact]
    public void A_folder_that_is_no_cache_is_not_begun_by_a_retrain()
    {
        var fault = Assert.Throws<FeatureException>(() => Retrain("misspelled", "package"));

        Assert.StartsWith($"'{_world["misspelled"]}' is no cache of features: there is no features.json in it.", fault.Message);
        Assert.False(Directory.Exists(_world["misspelled"]));
    }

    [Fact]
    public void A_description_that_was_torn_is_named_and_features_are_kept()
    {
        Extract("cache", Shard.Whole);
        File.WriteAllText(_world["cache/features.json"], "{ \"format\": 1, \"backb");

        var fault = Assert.Throws<FeatureException>(() => Extract("cache", Shard.Whole));
        File.Delete(_world["cache/features.json"]);

        Assert.Contains("features.json' cannot be read: ", fault.Message);
        Assert.Contains("Delete this one file and run 'mlnetperson features' again; features that are there are kept.", fault.Message);
        Assert.Equal(40, Extract("cache", Shard.Whole).FromCache);
    }

    [SkippableFact]
    public void A_full_folder_ends_the_run_with_one_sentence_and_the_next_goes_on_from_there()
    {
        using var disk = SmallDisk.Mount(_world["disk"], "12k");

        var fault = Assert.Throws<IOException>(() => Extract("disk", Shard.Whole));
        var there = Directory.GetFiles(_world["disk"], "*.features").Sum(file => new FileInfo(file).Length);
        foreach (var file in Directory.GetFiles(_world["disk"]))
        {
            Directory.CreateDirectory(_world["larger"]);
            File.Copy(file, Path.Combine(_world["larger"], Path.GetFileName(file)));
        }

        Assert.StartsWith($"The cache folder '{_world["disk"]}' cannot be written: No space left on device", fault.Message);
        Assert.True(there > 0);
        Assert.Equal(there / (36 + (_world.Network().Width * 4)), Extract("larger", Shard.Whole).FromCache);
        SamePackageAsWithoutCache("larger");
    }

    [SkippableFact]
    public void A_folder_that_may_only_be_read_serves_a_retrain_and_refuses_what_has_to_be_written()
    {
        using var disk = SmallDisk.Mount(_world["disk"], "1m");
        Extract("disk", Shard.Whole, _world.Dataset.Samples[..39]);
        disk.MakeReadOnly();

        Assert.Equal(39, Extract("disk", Shard.Whole, _world.Dataset.Samples[..39]).FromCache);
        Assert.Matches(
            "^The cache folder '.*disk' cannot be written: .*[Rr]ead-only file system",
            Assert.Throws<IOException>(() => Extract("disk", Shard.Whole)).Message
        );
    }

    [Theory, InlineData(0, null), InlineData(3600, 3600), InlineData(-7200, -7200), InlineData(30, null)]
    public void Clocks_that_disagree_are_reported_and_decide_nothing(int ahead, int? reported)
    {
        var clock = new Shifted(TimeSpan.FromSeconds(ahead));

        var report = ShardedExtraction.Run(_world.Network(), _world.Dataset.Samples, Shard.Whole, Shared("cache"), clock: clock);
        foreach (var file in Directory.GetFiles(_world["cache"]))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddYears(100));
        }

        Assert.Equal(reported is null, report.ClockDifference is null);
        Assert.InRange(report.ClockDifference?.TotalSeconds ?? 0, (reported ?? 0) - 1, (reported ?? 0) + 30);
        Assert.Equal(40, Extract("cache", Shard.Whole).FromCache);
    }

    public void Dispose() => _world.Dispose();

    /// <summary>The world's dataset, with hashes as a list may give them.</summary>
    private Dataset Listed() =>
        _world.Dataset with
        {
            Samples = [.. _world.Dataset.Samples.Select(sample => sample with { Sha256 = Sha256Text.OfFile(sample.Path) })],
        };

    private FeatureOptions Shared(string cache) => new() { SharedFolder = _world[cache] };

    private RetrainOptions Options(string cache, string package) =>
        _world.Options with
        {
            Out = _world[package],
            Features = Shared(cache),
            Name = "same",
        };

    private ShardReport Extract(string cache, Shard shard, IEnumerable<Sample>? samples = null) =>
        ShardedExtraction.Run(_world.Network(), samples ?? _world.Dataset.Samples, shard, Shared(cache));

    private RetrainResult Retrain(string cache, string package, Dataset? dataset = null) =>
        _world.Retrain(Options(cache, package) with { Name = null }, dataset);

    private void SamePackageAsWithoutCache(string cache)
    {
        Retrain(cache, "package-cache");
        _world.Retrain();
        SamePackage("package-cache", "package");
    }

    private void SamePackage(string first, string second)
    {
        var (a, b) = (Snapshot(first), Snapshot(second));
        Assert.NotEmpty(a);
        Assert.Equal(a, b);
    }

    private ImmutableSortedDictionary<string, string> Snapshot(string folder) =>
        Directory
            .GetFiles(_world[folder], "*", SearchOption.AllDirectories)
            .ToImmutableSortedDictionary(file => Path.GetRelativePath(_world[folder], file), Sha256Text.OfFile, StringComparer.Ordinal);

    private sealed class Stop(CancellationTokenSource source, int after) : IProgress<FeatureProgress>
    {
        public void Report(FeatureProgress value)
        {
            if (value.Done == after)
            {
                source.Cancel();
            }
        }
    }

    private sealed class Shifted(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
