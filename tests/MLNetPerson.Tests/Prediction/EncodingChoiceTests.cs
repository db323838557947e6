using System.Text.Json.Nodes;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
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
            { Avx2, "float32,int8,int8-portable", "int8-portable", "are slow on it, those of 7-bit weights are not" },
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

    public static TheoryData<CpuFeatures, double, double, string, string> Measured =>
        new()
        {
            {
                Vnni,
                0.19,
                0.2,
                "float32",
                "int8 was measured to be slower, at 0.19 of float32's speed on old (x64: avx2), ONNX Runtime 1.31.1; "
            },
            { Vnni, 0.99, 1.2, "int8-portable", "only this one is as fast as float" },
            { Vnni, 1.8, 0.2, "int8", "VNNI" },
            { Avx2, 1.8, 0.05, "float32", "int8-portable was measured to be slower, at 0.05 of float32's speed" },
            { Avx2, 0.2, 1.3, "int8-portable", "those of 7-bit weights are not" },
            { Arm, 0.19, 0.2, "int8", "but it was measured to be slower elsewhere, at 0.19 of float32's speed on old (x64: avx2)" },
        };

    [Theory, MemberData(nameof(Measured))]
    public void An_encoding_that_was_measured_to_be_slower_than_float_is_not_chosen(
        CpuFeatures cpu,
        double int8,
        double portable,
        string expected,
        string reason
    )
    {
        PackageEncoding Encoding(string name, double speed) =>
            new(
                name,
                $"{name}.onnx",
                0.04,
                new JsonObject
                {
                    ["machine"] = $"{Avx2}, ONNX Runtime 1.31.1",
                    ["latency"] = new JsonArray(
                        new JsonObject
                        {
                            ["threads"] = 1,
                            ["p50"] = 2.0,
                            ["floatP50"] = 2.0 * speed,
                        },
                        new JsonObject
                        {
                            ["threads"] = 2,
                            ["p50"] = 1.0,
                            ["floatP50"] = 9.0,
                        }
                    ),
                }
            );

        var choice = EncodingChoice.Of(
            [new("float32", "model.onnx", 1e-4), Encoding("int8", int8), Encoding("int8-portable", portable)],
            cpu
        );

        Assert.Equal(expected, choice.Encoding.Name);
        Assert.Contains(reason, choice.Reason);
    }

    [Theory]
    [InlineData(0.1, "exact sums of 8-bit products are slow on it (at 0.10 of float32's speed on old (x64: avx2), ")]
    [InlineData(1.4, "exact sums of 8-bit products are slow on it; add int8-portable with 'quantize', which measures whether it is faster")]
    public void What_was_measured_stands_beside_the_advice_to_add_an_encoding(double speed, string reason)
    {
        var report = new JsonObject
        {
            ["machine"] = $"{Avx2}, ONNX Runtime 1.31.1",
            ["latency"] = new JsonArray(
                new JsonObject
                {
                    ["threads"] = 1,
                    ["p50"] = 1.0,
                    ["floatP50"] = speed,
                }
            ),
        };

        var choice = EncodingChoice.Of([new("float32", "model.onnx", 1e-4), new("int8", "int8.onnx", 0.04, report)], Avx2);

        Assert.Equal("float32", choice.Encoding.Name);
        Assert.Contains(reason, choice.Reason);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "latency": [] }""")]
    [InlineData("""{ "latency": [ { "p50": "fast", "floatP50": 3 } ] }""")]
    [InlineData("""{ "latency": 3, "machine": 7 }""")]
    public void A_report_without_times_of_ours_leaves_the_choice_to_the_processor(string report)
    {
        var encoding = new PackageEncoding("int8", "int8.onnx", 0.04, JsonNode.Parse(report)!.AsObject());

        Assert.Equal("int8", EncodingChoice.Of([new("float32", "model.onnx", 1e-4), encoding], Vnni).Encoding.Name);
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
