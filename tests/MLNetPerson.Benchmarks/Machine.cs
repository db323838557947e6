using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using MLNetPerson.Images;
using MLNetPerson.Inference;

namespace MLNetPerson.Benchmarks;

/// <summary>What a number was measured on: without it no number can be compared.</summary>
internal static class Machine
{
    public static string Text => $"{Processor()}, {Environment.ProcessorCount} cores, {Vectors()}; .NET {Environment.Version}, ONNX Runtime {OnnxModel.RuntimeVersion}, libvips {ImageReader.LibraryVersion}";

    private static string Processor()
    {
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(entry => entry.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }

    private static string Vectors() => Avx512F.IsSupported ? (AvxVnniIsThere() ? "AVX-512 VNNI" : "AVX-512") : Avx2.IsSupported ? "AVX2" : RuntimeInformation.ProcessArchitecture.ToString();

    private static bool AvxVnniIsThere() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").Any(entry => entry.StartsWith("flags", StringComparison.Ordinal) && entry.Contains("avx512_vnni"));
}
