using System.Diagnostics;
using System.Text.Json;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;

namespace MLNetPerson.Cli.Verbs;

/// <summary>Starts this program once more to measure what cannot be told apart within one process: the first answer, and memory.</summary>
internal static class FreshProcess
{
    private const int Answers = 20;
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>In the parent.</summary>
    /// <exception cref="PackageException">The other process did not answer; the message has what it said.</exception>
    public static FreshStart Measure(string package, string encoding, string? picture)
    {
        // Started as "dotnet X.dll" the program's own path is dotnet's.
        var program = Environment.ProcessPath!;
        string[] own = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(FreshProcess).Assembly.Location] : [];
        var start = new ProcessStartInfo(program, [.. own, "bench", package, "--encoding", encoding, "--fresh", .. picture is null ? Array.Empty<string>() : ["--picture", picture]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<FreshStart>(output, Web)!
            : throw new PackageException($"Measuring a fresh start of '{encoding}' failed: {errors.Result.Trim()}");
    }

    /// <summary>In the child.</summary>
    public static void Answer(string package, string encoding, byte[] picture)
    {
        var watch = Stopwatch.StartNew();
        using var classifier = PersonClassifier.Load(package, encoding);
        classifier.Predict(picture);
        var cold = watch.Elapsed.TotalMilliseconds;
        for (var i = 1; i < Answers; i++)
        {
            classifier.Predict(picture);
        }

        using var self = Process.GetCurrentProcess();
        JsonOutput.WriteLine(new FreshStart(cold, self.PeakWorkingSet64 / 1e6));
    }
}
