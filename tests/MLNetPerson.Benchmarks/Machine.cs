using System.Runtime.InteropServices;
using MLNetPerson.Images;
using MLNetPerson.Inference;

namespace MLNetPerson.Benchmarks;

/// <summary>What a number was measured on: without it no number can be compared.</summary>
internal static class Machine
{
    public static string Text =>
        $"{CpuFeatures.Current.Model}, {Environment.ProcessorCount} cores, {Vectors()}; .NET {Environment.Version}, ONNX Runtime "
        + $"{OnnxModel.RuntimeVersion}, libvips {ImageReader.LibraryVersion}";

    private static string Vectors() =>
        CpuFeatures.Current.Flags is var flags && flags.Contains("avx512f") ? (flags.Contains("avx512_vnni") ? "AVX-512 VNNI" : "AVX-512")
        : flags.Contains("avx2") ? "AVX2"
        : RuntimeInformation.ProcessArchitecture.ToString();
}
