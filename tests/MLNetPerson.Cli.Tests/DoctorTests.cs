using System.Text.Json;
using MLNetPerson.Cli.Verbs.Doctor;
using MLNetPerson.Files;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

public sealed class DoctorTests
{
    [Fact]
    public void A_check_that_throws_or_hangs_is_a_result_like_any_other()
    {
        using var never = new ManualResetEventSlim();
        MachineCheck[] checks =
        [
            new("fine", Health.Missing, "unused", () => Finding.Good("here")),
            new(
                "broken",
                Health.Missing,
                "mend it",
                () => throw new TypeInitializationException("Some.Type", new DllNotFoundException("no libx\nanywhere"))
            ),
            new("optional", Health.Note, "get it", () => throw new InvalidOperationException("not here")),
            new("own advice", Health.Note, "unused", () => new Finding(Health.Note, "half of it", "get the rest")),
            new(
                "hanging",
                Health.Missing,
                "cut it off",
                () =>
                {
                    never.Wait();
                    return Finding.Good("late");
                }
            ),
        ];

        var results = Checkup.Run(checks, TimeSpan.FromSeconds(1));
        never.Set();

        Assert.Equal(
            [
                new("fine", Health.Good, "here", null),
                new("broken", Health.Missing, "no libx anywhere", "mend it"),
                new("optional", Health.Note, "not here", "get it"),
                new("own advice", Health.Note, "half of it", "get the rest"),
                new("hanging", Health.Missing, "no answer within 1 s", "cut it off"),
            ],
            results
        );
        Assert.False(Checkup.IsHealthy(results));
        Assert.True(Checkup.IsHealthy(results.Where(result => result.Health != Health.Missing)));
    }

    [Fact]
    public void A_whole_machine_ends_in_0_and_says_what_it_has()
    {
        using var cli = new Cli();
        var (text, json) = (cli.Run("doctor"), JsonDocument.Parse(cli.Run("doctor", "--json").Output).RootElement);

        Assert.True(text.ExitCode == 0, text.Output + text.Error);
        Assert.DoesNotContain('\u001b', text.Output);
        Assert.Matches(
            @"ok +ONNX Runtime +1\.\d+\.\d+\nok +libvips +8\.\d+\.\d+\nok +ready model +gives its golden answers \(",
            text.Output
        );
        Assert.EndsWith("All that is needed is here.\n", text.Output);
        Assert.True(json.GetProperty("healthy").GetBoolean());
        string[] expected =
        [
            ".NET",
            ".NET SDK",
            "ONNX Runtime",
            "libvips",
            "ready model",
            "processor",
            "memory",
            "cache folder",
            "disk",
            "backbone",
            "npm client",
            "ML.NET",
            "tuning",
        ];
        Assert.Equal(expected, json.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.Equal("ok", json.GetProperty("checks")[11].GetProperty("health").GetString());
        Assert.Equal("5.0.1", json.GetProperty("checks")[11].GetProperty("found").GetString());
    }

    [Fact]
    public void What_is_missing_ends_in_1_with_advice()
    {
        // A program without its native libraries, a cache that cannot be written, and a PATH on which there is nothing.
        using var folder = new TempFolder();
        foreach (
            var file in Directory
                .GetFiles(AppContext.BaseDirectory)
                .Where(file =>
                    Path.GetExtension(file) is ".dll" or ".json" && !Path.GetFileName(file).StartsWith("libvips", StringComparison.Ordinal)
                )
        )
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        folder.Write("file", "not a folder");
        var outcome = ProcessRunner.Run(
            Environment.ProcessPath!,
            [folder["MLNetPerson.Cli.dll"], "doctor", "--json"],
            environment: new Dictionary<string, string?> { [CacheFolder.Variable] = folder["file/home"], ["PATH"] = folder["empty"] }
        );

        Assert.True(outcome.ExitCode == 1, outcome.Output + outcome.Error);
        var checks = JsonDocument
            .Parse(outcome.Output)
            .RootElement.GetProperty("checks")
            .EnumerateArray()
            .ToDictionary(check => check.GetProperty("name").GetString()!);
        Assert.All(
            new[] { "ready model", "cache folder", "npm client" },
            name => Assert.Equal("missing", checks[name].GetProperty("health").GetString())
        );
        Assert.Equal(
            ("note", "ok"),
            (checks["backbone"].GetProperty("health").GetString(), checks["processor"].GetProperty("health").GetString())
        );
        Assert.All(
            checks.Values.Where(check => check.GetProperty("health").GetString() != "ok"),
            check => Assert.NotEmpty(check.GetProperty("advice").GetString()!)
        );
        Assert.Contains(CacheFolder.Variable, checks["cache folder"].GetProperty("advice").GetString());
    }

    [SkippableFact]
    public void Native_libraries_that_are_not_there_are_said_to_be_missing()
    {
        Skip.IfNot(
            File.Exists(Path.Combine(AppContext.BaseDirectory, "libonnxruntime.so")),
            "native libraries are not beside the program on this machine"
        );
        using var folder = new TempFolder();
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        var outcome = ProcessRunner.Run(
            "dotnet",
            [folder["MLNetPerson.Cli.dll"], "doctor"],
            environment: new Dictionary<string, string?> { [CacheFolder.Variable] = folder["home"] }
        );

        Assert.True(outcome.ExitCode == 1, outcome.Output + outcome.Error);
        Assert.Matches("missing +ONNX Runtime ", outcome.Output);
        Assert.Contains("Missing: ONNX Runtime, ", outcome.Output);
    }
}
