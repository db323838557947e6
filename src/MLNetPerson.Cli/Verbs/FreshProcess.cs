using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MLNetPerson.Benchmarking;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;

namespace MLNetPerson.Cli.Verbs;

/// <summary>Starts this program once more to measure what cannot be told apart within one process: the first answer, and memory.</summary>
internal static class FreshProcess
{
    private const int Answers = 20;
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>In the parent: so many starts for each timing, in turns.</summary>
    /// <exception cref="PackageException">The other process did not answer; the message has what it said.</exception>
    public static IReadOnlyList<FreshStart> Measure(
        string package,
        IReadOnlyList<EncodingTiming> timings,
        string picture,
        int starts,
        CancellationToken cancellation
    )
    {
        var seen = timings.Select(_ => new List<FreshStart>()).ToList();
        for (var start = 0; start < starts; start++)
        {
            for (var i = 0; i < timings.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                seen[i].Add(Start(package, timings[i], picture));
            }
        }

        return [.. seen.Select(FreshStart.Of)];
    }

    /// <summary>In the child.</summary>
    public static void Answer(string package, string encoding, int threads, string picture)
    {
        var watch = Stopwatch.StartNew();
        using var classifier = PersonClassifier.Load(package, encoding, new PersonClassifierOptions { ThreadsPerPrediction = threads });
        classifier.Predict(picture);
        var cold = watch.Elapsed.TotalMilliseconds;
        for (var i = 1; i < Answers; i++)
        {
            classifier.Predict(picture);
        }

        using var self = Process.GetCurrentProcess();
        JsonOutput.WriteLine(new FreshStart(cold, self.PeakWorkingSet64 / 1e6));
    }

    private static FreshStart Start(string package, EncodingTiming timing, string picture)
    {
        // Started as "dotnet X.dll" the program's own path is dotnet's.
        var program = Environment.ProcessPath!;
        string[] own = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(FreshProcess).Assembly.Location] : [];
        var start = new ProcessStartInfo(
            program,
            [
                .. own,
                "bench",
                package,
                "--encoding",
                timing.Encoding,
                "--threads",
                timing.Threads.ToString(CultureInfo.InvariantCulture),
                "--picture",
                picture,
                "--fresh",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<FreshStart>(output, Web)!
            : throw new PackageException($"Measuring a fresh start of '{timing.Encoding}' failed: {errors.Result.Trim()}");
    }
}
