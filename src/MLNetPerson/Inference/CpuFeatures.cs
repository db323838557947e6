using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MLNetPerson.Inference;

/// <summary>What this machine's processor can do that decides how a model is best run on it.</summary>
/// <param name="Model">What it calls itself, or its architecture where it does not say.</param>
/// <param name="Architecture">"x64", "arm64", …</param>
/// <param name="Flags">The instruction sets found that matter here, in the words of /proc/cpuinfo.</param>
public sealed record CpuFeatures(string Model, string Architecture, ImmutableArray<string> Flags)
{
    private const string Board = "/proc/device-tree/model";
    private const int StructuredFeatures = 7; // CPUID leaf; bits after Intel's Software Developer's Manual, volume 2A
    private const int Avx512VnniBit = 1 << 11; // ECX, subleaf 0
    private const int AvxVnniBit = 1 << 4; // EAX, subleaf 1

    /// <summary>This machine.</summary>
    public static CpuFeatures Current { get; } =
        new(ReadModel(), RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), ReadFlags());

    /// <summary>
    /// Whether sums of products of bytes are exact: with VNNI, and on ARM. Other x86 processors add pairs of products in 16 bits,
    /// which overflow to a wrong sum where weights use all 8 bits.
    /// </summary>
    public bool MultipliesBytesExactly => Architecture == "arm64" || Flags.Contains("avx512_vnni") || Flags.Contains("avx_vnni");

    /// <summary>For example "AMD EPYC (x64: avx2, avx512f, avx512_vnni)".</summary>
    public override string ToString() => $"{Model} ({Architecture}{(Flags.IsEmpty ? "" : ": " + string.Join(", ", Flags))})";

    private static ImmutableArray<string> ReadFlags()
    {
        var flags = ImmutableArray.CreateBuilder<string>();
        void Add(bool supported, string name)
        {
            if (supported)
            {
                flags.Add(name);
            }
        }

        Add(Avx2.IsSupported, "avx2");
        Add(Avx512F.IsSupported, "avx512f");
        if (X86Base.IsSupported && Avx2.IsSupported && X86Base.CpuId(0, 0).Eax >= StructuredFeatures)
        {
            // The runtime checks that the operating system saves the wide registers; CPUID alone does not say.
            Add(Avx512F.IsSupported && (X86Base.CpuId(StructuredFeatures, 0).Ecx & Avx512VnniBit) != 0, "avx512_vnni");
            Add((X86Base.CpuId(StructuredFeatures, 1).Eax & AvxVnniBit) != 0, "avx_vnni");
        }

        Add(Dp.IsSupported, "asimddp");
        return flags.ToImmutable();
    }

    private static string ReadModel()
    {
        try
        {
            // On Linux; most ARM boards have no such line, but name themselves elsewhere ("Raspberry Pi 4 Model B Rev 1.4", and a zero
            // byte).
            var line = File.Exists("/proc/cpuinfo")
                ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                : null;
            var board = line is null && File.Exists(Board) ? File.ReadAllText(Board).Trim('\0', ' ', '\n') : "";
            return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
                ?? (board.Length > 0 ? board : RuntimeInformation.ProcessArchitecture.ToString());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
