using System.Diagnostics;
using System.Globalization;
using MLNetPerson.Benchmarks.Curation;
using MLNetPerson.Benchmarks.Devices;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks;

/// <summary>Measures a whole run in a process of its own: memory cannot be told apart within one.</summary>
internal static class ChildProcess
{
    public sealed record Outcome(double Seconds, double PeakMegabytes, double ProcessorSeconds = 0);

    public static Outcome Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. OfDotnet(), "child", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{string.Join(' ', arguments)}' ended with exit code {process.ExitCode}: {output}");
        }

        var parts = output.Trim().Split('\n')[^1].Split(' ');
        return new Outcome(
            double.Parse(parts[0], CultureInfo.InvariantCulture),
            double.Parse(parts[1], CultureInfo.InvariantCulture),
            parts.Length > 2 ? double.Parse(parts[2], CultureInfo.InvariantCulture) : 0
        );
    }

    public static void Run(string[] arguments)
    {
        if (arguments is ["judge", var encoding, var pixels, var file])
        {
            EmulatedBenchmark.Child(encoding, pixels, file);
            return;
        }

        if (arguments is ["scale", .. var scale])
        {
            ScaleBenchmark.Child(scale);
            return;
        }

        if (arguments is ["bundle", var bundle, var answers])
        {
            DevicesBenchmark.Child(bundle, answers);
            return;
        }

        var watch = Stopwatch.StartNew();
        _ = arguments switch
        {
            ["import", var folder] => SyntheticCoco.Import(folder),
            ["check"] => (object)
                Curator.CheckAsync(BenchmarkData.Photos(), RecipeCatalog.Open(Curator.DefaultRecipe)).GetAwaiter().GetResult(),
            ["retrain", var package, var cache] => Retrainer
                .RetrainAsync(
                    BenchmarkData.Photos(),
                    null,
                    new RetrainOptions
                    {
                        Out = package,
                        Recipe = RecipeCatalog.Open(RecipeCatalog.DefaultName),
                        Features = new FeatureOptions { CacheFolder = cache },
                    }
                )
                .GetAwaiter()
                .GetResult(),
            _ => throw new ArgumentException($"unknown child '{string.Join(' ', arguments)}'"),
        };
        var seconds = watch.Elapsed.TotalSeconds;
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {self.PeakWorkingSet64 / 1e6}"));
    }

    // Started as "dotnet X.dll" the program's own path is dotnet's.
    public static string[] OfDotnet() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(ChildProcess).Assembly.Location] : [];
}
