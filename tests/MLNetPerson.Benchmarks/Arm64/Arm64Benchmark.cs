using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Packaging;
using MLNetPerson.Testing.Devices;

namespace MLNetPerson.Benchmarks;

/// <summary>What every encoding of the ready model answers on ARM, beside this machine: goldens, and photographs.</summary>
internal static class Arm64Benchmark
{
    private const int Pictures = 60;

    public static void Run(string[] arguments)
    {
        var count = arguments is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : Pictures;
        var node = ArmNode.Bring();
        var package = ModelPackage.Open(Path.Combine(BenchmarkData.Root, "models", "person"));
        var folder = Directory.CreateTempSubdirectory("mlnetperson-arm64-").FullName;
        try
        {
            var goldens = package.Manifest.Goldens;
            var pixels = Path.Combine(folder, "pictures");
            RawPictures.Write(
                pixels,
                package.Manifest.Input.ToSpec(),
                [
                    .. goldens.Select(golden => package.PathOf(golden.File)),
                    .. BenchmarkData.Photos().Only("dev").Samples.Take(count).Select(sample => sample.Path),
                ]
            );
            var csv = new StringBuilder(
                "processor,encoding,tolerance,goldens,goldensRight,largestGoldenDifference,pictures,otherDecisions,largestDifference,meanDifference,machine\n"
            );
            foreach (var encoding in package.Manifest.Encodings)
            {
                var (here, there) = (RawPictures.Judge(package, encoding.Name, pixels), There(node, package, encoding, pixels));
                double[] differences = [.. here.Zip(there, (a, b) => Math.Abs(a - b))];
                double[] golden = [.. goldens.Select((one, i) => Math.Abs(one.Probabilities[encoding.Name] - there[i]))];
                var threshold = (float)package.Manifest.Threshold;
                var other = here.Zip(there).Count(pair => (pair.First >= threshold) != (pair.Second >= threshold));
                csv.Append(
                    CultureInfo.InvariantCulture,
                    $"{ArmNode.Processor},{encoding.Name},{encoding.Tolerance},{goldens.Length},"
                        + $"{golden.Count(difference => difference <= encoding.Tolerance)},{golden.Max():0.000000},"
                        + $"{here.Length - goldens.Length},{other},{differences.Max():0.000000},{differences.Average():0.000000},\""
                        + $"{Machine.Text}\"\n"
                );
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{encoding.Name}: goldens within {golden.Max():0.000000} (allowed {encoding.Tolerance}), {here.Length} pictures "
                            + $"within {differences.Max():0.000000}, {other} decided otherwise"
                    )
                );
            }

            AtomicFile.WriteText(BenchmarkData.Results("arm64.csv"), csv.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] There(ArmNode node, ModelPackage package, PackageEncoding encoding, string pictures)
    {
        var input = package.Manifest.Input;
        var (code, output, errors) = node.Run(
            Path.Combine(BenchmarkData.Root, "tests", "MLNetPerson.Benchmarks", "Arm64", "answers.js"),
            package.PathOf(encoding.File),
            input.Tensor,
            package.Manifest.Output.Tensor,
            input.Height.ToString(CultureInfo.InvariantCulture),
            input.Width.ToString(CultureInfo.InvariantCulture),
            pictures
        );
        return code == 0
            ?
            [
                .. output
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => double.Parse(line, CultureInfo.InvariantCulture)),
            ]
            : throw new InvalidOperationException($"The emulated run of {encoding.Name} ended with exit code {code}: {errors}");
    }
}
