using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Testing.Devices;
using MLNetPerson.Training.Bundles;

namespace MLNetPerson.Benchmarks.Devices;

/// <summary>
/// One bundle on three kinds of processor: this one, an emulated one without VNNI, and an emulated Raspberry Pi 4, where a program in
/// another language runs it after the bundle's own README. Every golden picture, every encoding.
/// </summary>
internal static class DevicesBenchmark
{
    private static readonly CpuFeatures WithoutVnni = new(EmulatedDotnet.Processor, "x64", ["avx2"]);

    public static void Run(string[] _)
    {
        var node = ArmNode.Bring();
        var folder = Directory.CreateTempSubdirectory("mlnetperson-devices-").FullName;
        try
        {
            var bundle = Path.Combine(folder, "bundle");
            BundleWriter.Write(
                ModelPackage.Open(Path.Combine(BenchmarkData.Root, "models", "person")),
                new BundleOptions { Out = bundle, Target = "linux-arm64" }
            );
            var opened = DeviceBundle.Open(bundle);
            var arm = BundleTarget.Of("linux-arm64").Processor;
            var csv = new StringBuilder(
                "processor,emulated,chosenThere,encoding,meantForIt,test,expected,given,difference,tolerance,within,decision,"
                    + "decisionRight,machine\n"
            );
            Append(csv, opened, CpuFeatures.Current, false, BundleAnswers.Here(opened));
            Append(csv, opened, WithoutVnni, true, Emulated(bundle, Path.Combine(folder, "answers")));
            Append(
                csv,
                opened,
                arm with
                {
                    Model = ArmNode.Processor,
                },
                true,
                BundleAnswers.Read(
                    OnArm(node, Path.Combine(BenchmarkData.Root, "tests", "Testing", "Devices", "consumer.js"), bundle, "answers")
                )
            );
            AtomicFile.WriteText(BenchmarkData.Results("devices.csv"), csv.ToString());
            Console.WriteLine($"the bundle's own test on {ArmNode.Processor}:\n{OnArm(node, opened.PathOf("selftest.js"))}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The child's part.</summary>
    public static void Child(string bundle, string file)
    {
        var opened = DeviceBundle.Open(bundle);
        File.WriteAllLines(
            file,
            BundleAnswers.Here(opened).Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Key} {answer.Value:R}"))
        );
    }

    private static IReadOnlyDictionary<string, double> Emulated(string bundle, string file)
    {
        EmulatedDotnet.Run("bundle", bundle, file);
        return BundleAnswers.Read(File.ReadAllText(file));
    }

    private static string OnArm(ArmNode node, params string[] script)
    {
        var (code, output, error) = node.Run(script);
        return code == 0
            ? output
            : throw new InvalidOperationException(
                $"'{string.Join(' ', script)}' ended with exit code {code} on {ArmNode.Processor}: {output}{error}"
            );
    }

    private static void Append(
        StringBuilder csv,
        DeviceBundle bundle,
        CpuFeatures cpu,
        bool emulated,
        IReadOnlyDictionary<string, double> answers
    )
    {
        var manifest = bundle.Manifest;
        var chosen = EncodingChoice.Of(bundle.Package.Manifest, cpu).Encoding.Name;
        foreach (var encoding in manifest.Encodings)
        {
            // 8-bit weights are not for processors that cannot add up their products: said, not hidden.
            var meant = encoding.Name != PackageEncoding.Int8 || cpu.MultipliesBytesExactly;
            var (within, decided, largest) = (0, 0, 0.0);
            foreach (var test in manifest.SelfTest.Inference)
            {
                var (expected, given) = (test.Expected[encoding.Name], answers[$"{encoding.Name} {test.Name}"]);
                var decision = manifest.Labels[(float)given >= (float)manifest.Threshold ? 1 : 0];
                var difference = Math.Abs(given - expected.Probability);
                var (near, same) = (
                    difference <= encoding.Tolerance,
                    expected.Decision == ExpectedAnswer.Either || expected.Decision == decision
                );
                (within, decided, largest) = (within + (near ? 1 : 0), decided + (same ? 1 : 0), Math.Max(largest, difference));
                csv.Append(
                    CultureInfo.InvariantCulture,
                    $"{cpu.Model},{(emulated ? 1 : 0)},{chosen},{encoding.Name},{(meant ? 1 : 0)},{test.Name},"
                        + $"{expected.Probability:0.000000},{given:0.000000},{difference:0.000000},{encoding.Tolerance},{(near ? 1 : 0)},"
                        + $"{decision},{(same ? 1 : 0)},\"{Machine.Text}\"\n"
                );
            }

            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cpu.Model}, {encoding.Name}{(meant ? "" : " (not meant for it)")}: {within} of {manifest.SelfTest.Inference.Length} "
                        + $"within {encoding.Tolerance} (largest {largest:0.000000}), {decided} decided alike"
                )
            );
        }
    }
}
