using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MLNetPerson.Files;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>Processes that share a folder, as schedulers start them; and as they end them.</summary>
public sealed class ShardVerbTests(CliFixture fixture) : IClassFixture<CliFixture>
{
    /// <summary>Set to a number to kill so many processes instead of a few; 50 take some minutes.</summary>
    private const string KillsVariable = "MLNETPERSON_KILLS";

    private readonly Cli _cli = fixture.Cli;
    private readonly TinyWorld _world = fixture.World;

    [Fact]
    public void Shards_that_a_scheduler_numbers_fill_a_folder_and_a_retrain_takes_it_up()
    {
        var first = Features("shared", ("JOB_COMPLETION_INDEX", "0"), ("SHARD_COUNT", "2"));
        var second = Features("shared", ("SLURM_ARRAY_TASK_ID", "2"), ("SLURM_ARRAY_TASK_MIN", "1"), ("SLURM_ARRAY_TASK_COUNT", "2"));
        var again = _cli.Run(
            "features",
            fixture.Labels,
            "--recipe",
            fixture.Recipe,
            "--cache",
            _world["shared"],
            "--shard",
            "1/2",
            "--json"
        );
        var retrained = Retrain("shared", "from-shards");

        Assert.Matches(@"^Shard 1/2: \d+ of 40 pictures are its own; 0 were there, \d+ extracted, 0 skipped\.\n$", first.Output);
        Assert.Matches(@"^Shard 2/2: \d+ of 40 pictures are its own; 0 were there, ", second.Output);
        var json = JsonDocument.Parse(again.Output).RootElement;
        Assert.Equal(json.GetProperty("own").GetInt32(), json.GetProperty("fromCache").GetInt32());
        Assert.Equal(40, JsonDocument.Parse(retrained.Output).RootElement.GetProperty("fromCache").GetInt32());
    }

    [Theory]
    [InlineData("0/0", "--shard 0/0: there is at least one shard.")]
    [InlineData("17/16", "--shard 17/16: shards are numbered from 1 to 16.")]
    public void A_shard_that_there_is_not_is_one_sentence(string shard, string sentence) =>
        Refused(sentence, [], "features", fixture.Labels, "--recipe", fixture.Recipe, "--cache", _world["nothing"], "--shard", shard);

    [Fact]
    public void Counts_that_disagree_are_one_sentence_with_both() =>
        Refused(
            "--shard says 1/4 and SHARD_COUNT is 8. Leave one of them out, or make them agree.",
            new() { ["SHARD_COUNT"] = "8" },
            "features",
            fixture.Labels,
            "--recipe",
            fixture.Recipe,
            "--cache",
            _world["nothing"],
            "--shard",
            "1/4"
        );

    [Fact]
    public void A_shard_without_a_folder_to_meet_in_is_one_sentence() =>
        Refused(
            "--shard 1/4 needs a folder in which the parts meet: name one by --cache.",
            [],
            "evaluate",
            _world.PackagePath,
            fixture.Labels,
            "--shard",
            "1/4"
        );

    [Fact]
    public void A_folder_that_is_no_cache_of_features_is_one_sentence_and_stays_away() =>
        Refused(
            $"'{_world["nothing"]}' is no cache of features: there is no features.json in it. Make it with 'mlnetperson features "
                + $"DATASET --cache "
                + $"{_world["nothing"]}', or leave --cache out.",
            [],
            "retrain",
            fixture.Labels,
            "--recipe",
            fixture.Recipe,
            "--cache",
            _world["nothing"],
            "--out",
            _world["never"]
        );

    /// <summary>kill −9 at random moments, one process after another; then one that is left alone.</summary>
    [SkippableFact]
    public void Whatever_is_killed_the_merged_result_is_the_same_bytes()
    {
        Skip.If(OperatingSystem.IsWindows(), "kills as Unix does");
        var kills = int.Parse(Environment.GetEnvironmentVariable(KillsVariable) ?? "2", CultureInfo.InvariantCulture);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var world = new TinyWorld(pictures: kills > 2 ? 400 : 40);
        var counts = new List<int>();
        var most = 1500;
        if (kills > 2)
        {
            // How long a whole run takes here and now, so that kills fall on all of it.
            var watch = Stopwatch.StartNew();
            Run(world, "timed", "1/2");
            most = (int)watch.ElapsedMilliseconds;
        }

        for (var kill = 0; kill < kills; kill++)
        {
            using var process = Start(world, $"{1 + (kill % 2)}/2");
            // From before the first picture to the end.
            if (!process.WaitForExit(random.Next(100, most)))
            {
                process.Kill();
                process.WaitForExit();
            }

            counts.Add(Records(world, "killed"));
        }

        Run(world, "killed", "1/2");
        Run(world, "killed", "2/2");
        string[] retrain = ["retrain", world.Pictures, "--recipe", fixture.Recipe, "--backbone", world.BackbonePath, "--report", "none"];
        var merged = _cli.Run([.. retrain, "--cache", world["killed"], "--out", world["of-killed"]]);
        var whole = _cli.Run([.. retrain, "--out", world["of-whole"]]);
        Assert.True(merged.ExitCode == 0 && whole.ExitCode == 0, merged.Error + whole.Error);

        Assert.True(
            Snapshot(world["of-killed"]).SequenceEqual(Snapshot(world["of-whole"])),
            $"seed {seed}: records after each of {kills} kills: {string.Join(", ", counts)}"
        );
        Assert.Equal(counts, counts.Order()); // what was whole stayed

        void Run(TinyWorld of, string cache, string shard)
        {
            using var process = Start(of, shard, cache);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
    }

    [Fact]
    public void An_evaluation_by_shards_prints_what_one_process_prints()
    {
        string[] common = ["evaluate", _world.PackagePath, fixture.Labels, "--report", "none", "--json"];
        var alone = Numbers(_cli.Run(common));
        foreach (var shard in new[] { "1/2", "2/2" })
        {
            var part = _cli.Run([.. common, "--cache", _world["answers"], "--shard", shard]);
            Assert.True(part.ExitCode == 0, part.Error);
        }

        Assert.Equal(alone, Numbers(_cli.Run([.. common, "--cache", _world["answers"]])));

        static string Numbers(ProcessRunner.Outcome outcome)
        {
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            var json = System.Text.Json.Nodes.JsonNode.Parse(outcome.Output)!.AsObject();
            json.Remove("imagesPerSecond"); // a time
            return json.ToJsonString();
        }
    }

    private ProcessRunner.Outcome Features(string cache, params (string Name, string Value)[] environment)
    {
        var outcome = _cli.Run(
            ["features", fixture.Labels, "--recipe", fixture.Recipe, "--cache", _world[cache]],
            environment: environment.ToDictionary(entry => entry.Name, entry => (string?)entry.Value)
        );
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    private ProcessRunner.Outcome Retrain(string cache, string package)
    {
        var outcome = _cli.Run(
            "retrain",
            fixture.Labels,
            "--recipe",
            fixture.Recipe,
            "--cache",
            _world[cache],
            "--report",
            "none",
            "--json",
            "--out",
            _world[package]
        );
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    private void Refused(string sentence, Dictionary<string, string?> environment, params string[] arguments)
    {
        var outcome = _cli.Run(arguments, environment: environment);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal($"error: {sentence}\n", outcome.Error[outcome.Error.IndexOf("error: ", StringComparison.Ordinal)..]);
        Assert.Empty(outcome.Output);
        Assert.False(Path.Exists(_world["nothing"]));
    }

    private Process Start(TinyWorld world, string shard, string cache = "killed")
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll"),
                "features",
                world.Pictures,
                "--recipe",
                fixture.Recipe,
                "--backbone",
                world.BackbonePath,
                "--cache",
                world[cache],
                "--shard",
                shard,
            ]
        )
        {
            RedirectStandardError = false,
        };
        return Process.Start(start)!;
    }

    private static int Records(TinyWorld world, string cache) =>
        Directory.Exists(world[cache])
            ? (int)Directory.GetFiles(world[cache], "*.features").Sum(file => new FileInfo(file).Length / 100)
            : 0;

    private static ImmutableSortedDictionary<string, string> Snapshot(string folder) =>
        Directory
            .GetFiles(folder, "*", SearchOption.AllDirectories)
            .ToImmutableSortedDictionary(file => Path.GetRelativePath(folder, file), Sha256Text.OfFile, StringComparer.Ordinal);
}
