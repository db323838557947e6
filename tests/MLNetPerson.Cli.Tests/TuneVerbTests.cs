using System.Diagnostics;
using System.Text.Json;
using MLNetPerson.Files;
using MLNetPerson.Testing;
using MLNetPerson.Training.Retraining;
using MLNetPerson.Tuning;
using MLNetPerson.Tuning.Natives;

namespace MLNetPerson.Cli.Tests;

/// <summary><c>retrain</c> with a recipe that tunes, on a backbone of two layers.</summary>
public sealed class TuneVerbTests
{
    private static readonly TuningOptions Quick = new()
    {
        Epochs = 6,
        BatchSize = 8,
        FrozenLayers = 0,
        Rate = 1e-3,
        Threads = 2,
        HoldOut = 0.3,
        CheckpointMinutes = 1e-6,
    };

    [SkippableFact]
    public void Find_rate_draws_the_curve_suggests_a_rate_and_writes_no_package()
    {
        using var world = new TinyWorld(120);
        using var home = new Home();
        var outcome = home.Run(["retrain", world.Pictures, "--recipe", Recipe(world), "--out", world["model"], "--find-rate", "--json"]);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        var result = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal(1e-3, result.GetProperty("recipeRate").GetDouble());
        Assert.InRange(result.GetProperty("suggested").GetDouble(), 1e-8, 1);
        Assert.Equal(world["model.rate.html"], result.GetProperty("report").GetString());
        Assert.Contains("<svg", File.ReadAllText(world["model.rate.html"]));
        Assert.False(Directory.Exists(world["model"]));
    }

    [SkippableFact]
    public void A_process_that_is_killed_goes_on_to_the_bytes_of_one_that_was_not()
    {
        Skip.IfNot(
            Environment.GetEnvironmentVariable("MLNETPERSON_SLOW") == "1",
            "three processes that each load libtorch take a while; set MLNETPERSON_SLOW=1 to run this"
        );
        using var world = new TinyWorld(200);
        var recipe = Recipe(world);
        using var quiet = new Home();
        string[] Line(string folder) => ["retrain", world.Pictures, "--recipe", recipe, "--out", world[folder], "--report", "none"];
        var whole = quiet.Run(Line("whole"));
        Assert.True(whole.ExitCode == 0, whole.Error);

        using var home = new Home();
        using (var process = home.Start(Line("resumed")))
        {
            while (!process.HasExited && !Directory.EnumerateFiles(home["tuning"], "*.checkpoint").Any())
            {
                Thread.Sleep(1);
            }

            Assert.False(process.HasExited, "it ended before it could be killed");
            process.Kill(); // SIGKILL
            process.WaitForExit();
        }

        Assert.False(Directory.Exists(world["resumed"]));
        var resumed = home.Run(Line("resumed"));

        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Contains("Note: went on from step ", resumed.Output);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(world["whole"], "model.onnx")),
            File.ReadAllBytes(Path.Combine(world["resumed"], "model.onnx"))
        );
        Assert.Empty(Directory.EnumerateFiles(home["tuning"]));
    }

    private static string Recipe(TinyWorld world)
    {
        world.Write("recipe.json", RecipeJson.Write(TuningRecipe.With(world.Recipe, Quick)));
        return world["recipe.json"];
    }

    /// <summary>A cache folder that has this machine's libtorch, where there is one; otherwise tests skip.</summary>
    private sealed class Home : IDisposable
    {
        private readonly TempFolder _folder = new();

        public Home()
        {
            var torch = Path.Combine(CacheFolder.Root, "torch");
            Skip.IfNot(TorchRuntime.Describe().Possible && Directory.Exists(torch), "libtorch is not here");
            Directory.CreateDirectory(_folder.Path);
            Directory.CreateDirectory(this["tuning"]);
            Directory.CreateSymbolicLink(this["torch"], torch);
        }

        public string this[string name] => _folder[name];

        public ProcessRunner.Outcome Run(string[] arguments) =>
            ProcessRunner.Run(
                "dotnet",
                [Program, .. arguments],
                null,
                new Dictionary<string, string?> { [CacheFolder.Variable] = _folder.Path, ["NO_COLOR"] = "1" }
            );

        public Process Start(string[] arguments)
        {
            var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment[CacheFolder.Variable] = _folder.Path;
            return Process.Start(start)!;
        }

        public void Dispose()
        {
            Directory.Delete(this["torch"]); // the link alone
            _folder.Dispose();
        }

        private static string Program => Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll");
    }
}
