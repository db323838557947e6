using System.Buffers.Binary;
using System.Text;

namespace MLNetPerson.Tuning.Natives;

/// <summary>
/// Marks one version that an ELF library asks for as weak, so that the loader takes a system library which lacks it.
/// libLibTorchSharp.so asks for GLIBCXX_3.4.32 because of a single symbol, <c>std::ios_base_library_init</c>, which a newer compiler
/// refers to and nothing calls; Debian 12, Ubuntu 22.04 and RHEL 9 have an older libstdc++.
/// </summary>
/// <remarks>System V ABI, Linux extensions, "Symbol Versioning": Verneed, Vernaux, VER_FLG_WEAK.</remarks>
internal static class WeakVersion
{
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2; // VER_FLG_WEAK

    /// <summary>Sets the flag in <paramref name="library"/>.</summary>
    /// <param name="library">A 64-bit little-endian ELF file; changed in place.</param>
    /// <param name="version">For example "GLIBCXX_3.4.32".</param>
    /// <returns>How many entries were marked; 0 where the library does not ask for that version.</returns>
    /// <exception cref="InvalidDataException">Not such a file.</exception>
    public static int Mark(Span<byte> library, string version)
    {
        if (library.Length < 64 || !library.StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        var sections = (long)BinaryPrimitives.ReadUInt64LittleEndian(library[40..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(library[58..]),
            count = BinaryPrimitives.ReadUInt16LittleEndian(library[60..]);
        if (size < 64 || sections < 0 || sections + ((long)size * count) > library.Length)
        {
            throw new InvalidDataException("the section table lies outside the file");
        }

        var wanted = Encoding.ASCII.GetBytes(version);
        var marked = 0;
        for (var index = 0; index < count; index++)
        {
            var section = library[(int)(sections + ((long)index * size))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) == VersionNeeds)
            {
                var names = library[(int)(sections + (BinaryPrimitives.ReadUInt32LittleEndian(section[40..]) * (long)size))..];
                marked += Mark(library, Offset(section), Offset(names), wanted);
            }
        }

        return marked;
    }

    private static int Offset(ReadOnlySpan<byte> section) => (int)BinaryPrimitives.ReadUInt64LittleEndian(section[24..]);

    private static int Mark(Span<byte> library, int needs, int names, ReadOnlySpan<byte> version)
    {
        var marked = 0;
        for (var need = needs; ;)
        {
            int entries = BinaryPrimitives.ReadUInt16LittleEndian(library[(need + 2)..]),
                aux = need + (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(need + 8)..]);
            for (var entry = 0; entry < entries; entry++)
            {
                var name = library[(names + (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(aux + 8)..]))..];
                if (name.StartsWith(version) && name[version.Length] == 0)
                {
                    var flags = BinaryPrimitives.ReadUInt16LittleEndian(library[(aux + 4)..]);
                    BinaryPrimitives.WriteUInt16LittleEndian(library[(aux + 4)..], (ushort)(flags | Weak));
                    marked++;
                }

                aux += (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(aux + 12)..]);
            }

            var next = (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(need + 12)..]);
            if (next == 0)
            {
                return marked;
            }

            need += next;
        }
    }
}
