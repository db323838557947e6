using System.CommandLine;
using System.Globalization;
using MLNetPerson.Benchmarking;
using MLNetPerson.Cli.Terminal;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Quantization;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>mlnetperson bench PACKAGE</c>.</summary>
internal static class BenchVerb
{
    public static Command Create()
    {
        var (package, encoding, json) = (CommonOptions.Package(), CommonOptions.Encoding(), CommonOptions.Json());
        encoding.Description = "time this encoding alone; all of the package where left out";
        var threads = new Option<int[]>("--threads") { Description = "threads that share a prediction, several with spaces between; one and all cores where left out", AllowMultipleArgumentsPerToken = true, HelpName = "count" };
        var seconds = new Option<double>("--seconds") { Description = "time for each measurement", DefaultValueFactory = _ => new BenchmarkOptions().Seconds };
        var picture = new Option<string?>("--picture") { Description = "picture to ask about; a drawn 640 x 480 JPEG where left out", HelpName = "file" };
        var fresh = new Option<bool>("--fresh") { Description = "measure start and memory of this process alone", Hidden = true };
        var verb = new Command("bench", "Measure how fast a package is on this machine, encoding by encoding.\n\nExample: mlnetperson bench my-model --threads 1 2 4\nExample: mlnetperson bench person --encoding int8 --threads 1 --seconds 0.2") { package, encoding, threads, seconds, picture, json, fresh };
        verb.SetAction((args, cancellation) => Guard.RunAsync(() =>
        {
            var options = new BenchmarkOptions
            {
                Encodings = args.GetValue(encoding) is { } name ? [name] : [],
                Threads = [.. args.GetValue(threads) ?? []],
                Seconds = args.GetValue(seconds),
            };
            if (options.Fault() is { } fault)
            {
                throw new QuantizationException($"Options of bench have faults: {fault}.");
            }

            var folder = args.GetRequiredValue(package);
            var asked = args.GetValue(picture) is { } path ? new ImageReader().ReadBytes(path) : ImageWriter.EncodeJpeg(DrawnPicture.Scene(640, 480));
            if (args.GetValue(fresh))
            {
                FreshProcess.Answer(folder, options.Encodings[0], asked);
                return Task.FromResult(ExitCodes.Done);
            }

            var opened = ModelPackage.Open(folder);
            var timings = PackageBenchmark.Run(opened, asked, options, step => Console.Error.WriteLine(step), cancellation);
            var starts = timings.Select(timing => timing.Encoding).Distinct().ToDictionary(one => one, one => FreshProcess.Measure(folder, one, args.GetValue(picture)), StringComparer.Ordinal);
            Write(opened, timings, starts, args.GetValue(json));
            return Task.FromResult(ExitCodes.Done);
        }));
        return verb;
    }

    private static void Write(ModelPackage package, IReadOnlyList<EncodingTiming> timings, Dictionary<string, FreshStart> starts, bool json)
    {
        var cpu = CpuFeatures.Current;
        if (json)
        {
            JsonOutput.Write(new { package.Folder, Cpu = cpu, Cores = Environment.ProcessorCount, OnnxRuntime = OnnxModel.RuntimeVersion, Timings = timings, Fresh = starts });
            return;
        }

        Console.Out.WriteLine($"{package.Manifest.Name}, {package.Manifest.Input.Width} x {package.Manifest.Input.Height}, on {cpu}, {Environment.ProcessorCount} cores, ONNX Runtime {OnnxModel.RuntimeVersion}");
        Console.Out.WriteLine($"{"",-14}{"",8}{"model alone, ms",-46}{"picture to answer, ms",-30}{"",9}{"cold",8}{"peak",8}");
        Console.Out.WriteLine($"{"",-14}{"threads",8}{"p50",9} {"(95 %)",-16}{"p95",8}{"p99",8}    {"p50",8}{"p95",8}{"p99",8}{"per s",13}{"ms",8}{"MB",8}");
        foreach (var timing in timings)
        {
            var start = starts[timing.Encoding];
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{timing.Encoding,-14}{timing.Threads,8}{timing.Model.P50,9:0.00} {$"({timing.Model.P50Low:0.00}–{timing.Model.P50High:0.00})",-16}{timing.Model.P95,8:0.00}{timing.Model.P99,8:0.00}    {timing.EndToEnd.P50,8:0.00}{timing.EndToEnd.P95,8:0.00}{timing.EndToEnd.P99,8:0.00}{timing.PicturesPerSecond,13:0}{start.ColdStartMilliseconds,8:0}{start.PeakMegabytes,8:0}"));
        }

        Console.Out.WriteLine("Cold: from loading the package to the first answer, in a process of its own; peak: its largest memory after 20 answers.");
    }
}
