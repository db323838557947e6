using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Prediction;

/// <summary>Which model runs where, and why.</summary>
public sealed class EncodingChoiceTests
{
    private static readonly CpuFeatures Vnni = new("new", "x64", ["avx2", "avx512f", "avx512_vnni"]);
    private static readonly CpuFeatures AvxVnni = new("laptop", "x64", ["avx2", "avx_vnni"]);
    private static readonly CpuFeatures Avx2 = new("old", "x64", ["avx2"]);
    private static readonly CpuFeatures Arm = new("pi", "arm64", []);

    public static TheoryData<CpuFeatures, string, string, string> Cases =>
        new()
        {
            { Vnni, "float32,int8,int8-portable,fp16", "int8", "VNNI" },
            { AvxVnni, "float32,int8,int8-portable", "int8", "VNNI" },
            { Arm, "float32,int8,int8-portable", "int8", "ARM" },
            { Avx2, "float32,int8,int8-portable", "int8-portable", "would overflow, 7-bit weights do not" },
            { Avx2, "float32,int8", "float32", "add int8-portable with 'quantize'" },
            { Vnni, "float32,int8-portable", "int8-portable", "no int8 encoding of 8-bit weights" },
            { Vnni, "float32,fp16,weights8", "float32", "the others are no faster" },
            { Arm, "float32", "float32", "the package has no integer encoding" },
        };

    [Theory, MemberData(nameof(Cases))]
    public void The_best_encoding_for_a_processor_is_chosen_and_explained(CpuFeatures cpu, string encodings, string expected, string reason)
    {
        var manifest = ModelPackage.Open(Repository.At("models/person")).Manifest with
        {
            Encodings = [.. encodings.Split(',').Select(name => new PackageEncoding(name, $"{name}.onnx", 0))],
        };

        var choice = EncodingChoice.Of(manifest, cpu);

        Assert.Equal(expected, choice.Encoding.Name);
        Assert.Contains(reason, choice.Reason);
    }

    [Fact]
    public void This_machines_features_are_those_the_kernel_lists()
    {
        var cpu = CpuFeatures.Current;
        Assert.NotEmpty(cpu.Model);
        if (!File.Exists("/proc/cpuinfo") || cpu.Architecture != "x64")
        {
            return;
        }

        var kernel = File.ReadLines("/proc/cpuinfo")
            .First(line => line.StartsWith("flags", StringComparison.Ordinal))
            .Split(' ')
            .ToHashSet();
        Assert.All(cpu.Flags, flag => Assert.Contains(flag, kernel));
        Assert.Equal(kernel.Contains("avx512_vnni") || kernel.Contains("avx_vnni"), cpu.MultipliesBytesExactly);
    }

    [Fact]
    public void A_loaded_classifier_says_which_encoding_it_runs()
    {
        using var best = PersonClassifier.Load(Repository.At("models/person"));
        using var asked = PersonClassifier.Load(Repository.At("models/person"), PackageEncoding.Fp16);

        Assert.Equal(CpuFeatures.Current.MultipliesBytesExactly ? PackageEncoding.Int8 : PackageEncoding.Int8Portable, best.Encoding.Name);
        Assert.NotEmpty(best.Choice.Reason);
        Assert.Equal((PackageEncoding.Fp16, "it was asked for"), (asked.Encoding.Name, asked.Choice.Reason));
    }
}
