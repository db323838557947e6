using MLNetPerson.Testing;

namespace MLNetPerson.MLNet.Tests;

/// <summary>"Nothing leaves the machine": ML.NET's own ONNX step makes sessions that this project does not see, and their telemetry is off
/// all the same.</summary>
public sealed class NothingLeavesTests
{
    /// <summary>Both chains, with ApplyOnnxModel inside: the page's code, run in a process of its own.</summary>
    private const string Program = "ReadmeSamples.Other_trainers_other_chain_bad_pictures";

    [Fact]
    public void An_MLNET_program_leaves_nothing_of_the_telemetry_in_an_empty_home()
    {
        using var home = new EmptyHome();

        Run(home.Environment());

        Assert.Empty(home.OfTelemetry());
    }

    /// <summary>The counter-check: the same program with the telemetry left on writes what the test above looks for.</summary>
    [SkippableFact]
    public void It_is_left_on_where_somebody_asks_for_it()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "ONNX Runtime's telemetry writes below the home directory on Linux.");
        using var home = new EmptyHome();

        Run(home.Environment(telemetry: true));

        Assert.Contains(home.OfTelemetry(), entry => entry.EndsWith("/deviceid", StringComparison.Ordinal));
    }

    private static void Run(Dictionary<string, string?> environment)
    {
        var assembly = typeof(NothingLeavesTests).Assembly.Location;
        var outcome = ProcessRunner.Run(
            "dotnet",
            ["vstest", assembly, $"--TestCaseFilter:FullyQualifiedName~{Program}", $"--ResultsDirectory:{environment["HOME"]}"],
            environment: environment
        );
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.Matches(@"Passed: +1\b", outcome.Output);
    }
}
