using System.Diagnostics;
using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Benchmarks;

/// <summary>Frames per second of the verb <c>watch</c>, one thread, 640 x 480 frames through a pipe.</summary>
internal static class WatchBenchmark
{
    private const int Width = 640;
    private const int Height = 480;
    private const int Warm = 300;
    private const int Frames = 3000;
    private const int ManyFrames = 20_000;
    private const int Rounds = 3;

    public static void Run(string[] _)
    {
        var folder = Directory.CreateTempSubdirectory("mlnetperson-watch-").FullName;
        try
        {
            var rows = new ResultRows();
            var frames = Enumerable.Range(0, 24).Select(i => Frame(i)).ToArray();
            foreach (var side in new[] { 160, 224 })
            {
                var package = Path.Combine(folder, $"{side}");
                Train(package, side);
                var rates = Enumerable.Range(0, Rounds).Select(_ => Rate(package, frames)).Order().ToArray();
                rows.Add(
                    $"watch, {Width} x {Height} frames through a pipe, int8 at {side} x {side}, one thread",
                    rates[Rounds / 2],
                    "frames/s",
                    side == 160 ? "over 100" : ""
                );
                rows.Add($"of that, resizing a frame to {side} x {side}", Resizing(frames[0], side), "ms");
                if (side == 160)
                {
                    rows.Add(
                        $"peak memory of the process after {Frames.ToString("N0", CultureInfo.InvariantCulture)} frames",
                        Feed(package, frames, Frames).PeakMegabytes,
                        "MB"
                    );
                    rows.Add(
                        $"the same after {ManyFrames.ToString("N0", CultureInfo.InvariantCulture)}",
                        Feed(package, frames, ManyFrames).PeakMegabytes,
                        "MB",
                        "no more"
                    );
                }
            }

            rows.Write("watch.csv");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Train(string package, int side)
    {
        var recipe = RecipeCatalog.Open(RecipeCatalog.DefaultName);
        Retrainer
            .RetrainAsync(
                BenchmarkData.Photos(),
                null,
                new RetrainOptions
                {
                    Out = package,
                    Recipe = recipe with { Input = recipe.Input with { Width = side, Height = side } },
                    Encodings = new QuantizeOptions { Encodings = [PackageEncoding.Int8, PackageEncoding.Int8Portable] },
                }
            )
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>Of the frames after the first ones, so that the start of the process does not count.</summary>
    private static double Rate(string package, byte[][] frames) =>
        (Frames - Warm) / (Feed(package, frames, Frames).Seconds - Feed(package, frames, Warm).Seconds);

    private static (double Seconds, double PeakMegabytes) Feed(string package, byte[][] frames, int count)
    {
        var cli = Path.Combine(BenchmarkData.Root, "src", "MLNetPerson.Cli", "bin", "Release", "net10.0", "MLNetPerson.Cli.dll");
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [cli, "watch", package, "--raw", $"{Width}x{Height}", "--fps", "30", "--threads", "1", "--json"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        _ = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        var peak = 0.0;
        for (var i = 0; i < count; i++)
        {
            process.StandardInput.BaseStream.Write(frames[i % frames.Length]);
            if (i % 100 == 99)
            {
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64 / 1e6);
            }
        }

        process.StandardInput.Close();
        process.WaitForExit();
        var seconds = watch.Elapsed.TotalSeconds;
        return output.Result.Contains($"\"answered\":{count},\"dropped\":0", StringComparison.Ordinal)
            ? (seconds, peak)
            : throw new InvalidOperationException($"watch did not answer {count} frames: {output.Result}");
    }

    private static double Resizing(byte[] frame, int side)
    {
        var (spec, pixels) = (new ImageSpec(side, side), new byte[side * side * 3]);
        return Timing.InTurn(
                Rounds,
                () =>
                {
                    for (var i = 0; i < 200; i++)
                    {
                        ImageReader.Resize(frame, Width, Height, spec, pixels);
                    }
                }
            )[0]
            / 200
            * 1e3;
    }

    /// <summary>Drawn scenes with a camera's noise.</summary>
    private static byte[] Frame(int seed)
    {
        var random = new Random(seed);
        var image = GoldenPictures.Draw(new ImageSpec(Width, Height), seed, figures: seed % 3);
        return [.. image.Pixels.Select(level => (byte)Math.Clamp(level + random.Next(-4, 5), 0, 255))];
    }
}
