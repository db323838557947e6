using System.Runtime.InteropServices;

namespace MLNetPerson.Tuning.Natives;

/// <summary>
/// Settings of glibc for work in large tensors. By default every block above 128 KB to 32 MB is mapped afresh and given back when freed,
/// and the page faults cost more than the arithmetic: 3 pictures a second instead of 20 were measured. So large blocks come from the heap,
/// which keeps what is freed. One arena alone: blocks that several arenas keep for themselves made a process grow to 15 GB.
/// </summary>
internal static partial class LinuxAllocator
{
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int TopPad = -2; // M_TOP_PAD
    private const int MmapThreshold = -3; // M_MMAP_THRESHOLD
    private const int ArenaMax = -8; // M_ARENA_MAX

    /// <summary>Free memory at the heap's end that is kept rather than given back.</summary>
    private const int Kept = 1 << 30;

    private const int Step = 64 << 20;

    /// <summary>
    /// Applies them, keeps OpenMP's idle threads from spinning, and makes MKL's sums reproducible. Does nothing on other systems.
    /// </summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = mallopt(ArenaMax, 1);
            _ = mallopt(MmapThreshold, Kept);
            _ = mallopt(TrimThreshold, Kept);
            _ = mallopt(TopPad, Step);

            // Only where the user has not chosen. .NET's own SetEnvironmentVariable does not reach C libraries.
            _ = setenv("OMP_WAIT_POLICY", "passive", 0);

            // MKL sums in another order where a matrix begins at another address, so that two runs differ in last bits. Only the head's
            // products go through MKL; convolutions do not.
            _ = setenv("MKL_CBWR", "COMPATIBLE", 0);
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than glibc: slower, but right.
        }
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
