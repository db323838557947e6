using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>"Nothing leaves the machine", as the README says: ONNX Runtime's telemetry is off in the program.</summary>
public sealed class NothingLeavesTests(CliFixture fixture) : IClassFixture<CliFixture>
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll");
    private static readonly string Golden = Repository.At("models/person/golden/high.png");

    [Fact]
    public void Predict_leaves_nothing_of_the_telemetry_in_an_empty_home() =>
        LeavesNothing("predict", Repository.At("models/person"), Golden);

    [Fact]
    public void Bench_leaves_nothing_of_the_telemetry_in_an_empty_home() =>
        LeavesNothing("bench", fixture.World.PackagePath, "--threads", "1");

    [Fact]
    public void Retrain_leaves_nothing_of_the_telemetry_in_an_empty_home()
    {
        using var folder = new TempFolder();

        LeavesNothing("retrain", fixture.World.Pictures, "--recipe", fixture.Recipe, "--out", folder["package"]);

        Assert.True(File.Exists(folder["package/manifest.json"]));
    }

    [Fact]
    public void A_variable_of_ONNX_Runtime_that_says_0_does_not_bring_it_back()
    {
        using var home = new EmptyHome();
        var environment = home.Environment();
        environment["ORT_DISABLE_TELEMETRY"] = "0";

        Run(environment, "predict", Repository.At("models/person"), Golden);

        Assert.Empty(home.OfTelemetry());
    }

    /// <summary>The counter-check: without it the tests above could pass because ONNX Runtime writes elsewhere.</summary>
    [SkippableFact]
    public void It_is_left_on_where_somebody_asks_for_it()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "ONNX Runtime's telemetry writes below the home directory on Linux.");
        using var home = new EmptyHome();

        Run(home.Environment(telemetry: true), "predict", Repository.At("models/person"), Golden);

        Assert.Contains(home.OfTelemetry(), entry => entry.EndsWith("/deviceid", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Bench_looks_nothing_up_and_connects_to_nobody()
    {
        using var home = new EmptyHome();

        Assert.Empty(home.InternetOf("dotnet", [Program, "bench", Repository.At("models/person"), "--threads", "1"], home.Environment()));

        // The trace sees a connection where there is one: to a port of this machine where nobody listens.
        Assert.NotEmpty(home.InternetOf("bash", ["-c", "(exec 3<>/dev/tcp/127.0.0.1/9) 2>/dev/null; true"], home.Environment()));
    }

    private static void LeavesNothing(params string[] arguments)
    {
        using var home = new EmptyHome();

        Run(home.Environment(), arguments);

        Assert.Empty(home.OfTelemetry());
    }

    private static void Run(Dictionary<string, string?> environment, params string[] arguments)
    {
        var outcome = ProcessRunner.Run("dotnet", [Program, .. arguments], environment: environment);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
    }
}
