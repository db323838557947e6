using System.Buffers.Binary;
using System.Reflection.PortableExecutable;

namespace MLNetPerson.Newcomer.Tests.Packages;

/// <summary>Which machine a file's code is for, read from its header.</summary>
public static class NativeFile
{
    public const string Arm64Linux = "ELF, AArch64";
    public const string X64Linux = "ELF, x86-64";
    public const string AnyMachine = "managed code";
    public const string NoCode = "no code";

    private const int ElfMachine = 18; // e_machine of the ELF header: 16 bits
    private const int AArch64 = 183; // EM_AARCH64
    private const int X8664 = 62; // EM_X86_64
    private static readonly uint[] MachO = [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe, 0xbebafeca];

    public static string MachineOf(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[64];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        start = start[..read];
        if (start.StartsWith("\u007fELF"u8))
        {
            return BinaryPrimitives.ReadUInt16LittleEndian(start[ElfMachine..]) switch
            {
                AArch64 => Arm64Linux,
                X8664 => X64Linux,
                var other => $"ELF, machine {other}",
            };
        }

        if (read >= 4 && MachO.Contains(BinaryPrimitives.ReadUInt32LittleEndian(start)))
        {
            return "Mach-O";
        }

        if (!start.StartsWith("MZ"u8))
        {
            return NoCode;
        }

        file.Position = 0;
        using var windows = new PEReader(file);
        return windows.HasMetadata && (windows.PEHeaders.CorHeader!.Flags & CorFlags.ILOnly) != 0
            ? AnyMachine
            : $"PE, {windows.PEHeaders.CoffHeader.Machine}";
    }
}
