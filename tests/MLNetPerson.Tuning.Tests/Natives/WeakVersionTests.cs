using System.Buffers.Binary;
using System.Text;

namespace MLNetPerson.Tuning.Tests.Natives;

public sealed class WeakVersionTests
{
    private const int AuxAt = 64 + 16;

    [Fact]
    public void The_version_asked_for_is_marked_and_no_byte_besides()
    {
        var library = Library("GLIBC_2.2", "GLIBCXX_3.4.32");
        var before = (byte[])library.Clone();

        Assert.Equal(1, WeakVersion.Mark(library, "GLIBCXX_3.4.32"));

        var changed = Enumerable.Range(0, library.Length).Where(i => library[i] != before[i]).ToList();
        Assert.Equal([AuxAt + 16 + 4], changed);
        Assert.Equal(2, library[AuxAt + 16 + 4] & 2);
    }

    [Fact]
    public void A_version_that_only_begins_alike_stays_as_it_is()
    {
        var library = Library("GLIBCXX_3.4.3", "GLIBCXX_3.4.321");

        Assert.Equal(0, WeakVersion.Mark(library, "GLIBCXX_3.4.32"));
    }

    [Fact]
    public void Anything_but_a_64_bit_library_is_refused()
    {
        Assert.Equal(
            "not a 64-bit little-endian ELF file",
            Assert.Throws<InvalidDataException>(() => WeakVersion.Mark(new byte[100], "X")).Message
        );
        var cut = Library("A", "B");
        BinaryPrimitives.WriteUInt64LittleEndian(cut.AsSpan(40), 1_000_000);
        Assert.Equal(
            "the section table lies outside the file",
            Assert.Throws<InvalidDataException>(() => WeakVersion.Mark(cut, "X")).Message
        );
    }

    /// <summary>The smallest ELF file with a table of needed versions: header, one Verneed with an entry for each version, their names, two
    /// sections.</summary>
    private static byte[] Library(params string[] versions)
    {
        var bytes = new byte[600];
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]).CopyTo(bytes);
        const int Names = 300,
            Sections = 400,
            Size = 64;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), Sections);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(58), Size);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(60), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Sections + 4), 0x6ffffffe);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Sections + 24), 64);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Sections + 40), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Sections + Size + 24), Names);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(64 + 2), (ushort)versions.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(64 + 8), 16);
        var name = 1;
        for (var i = 0; i < versions.Length; i++)
        {
            Encoding.ASCII.GetBytes(versions[i]).CopyTo(bytes, Names + name);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(AuxAt + (16 * i) + 8), (uint)name);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(AuxAt + (16 * i) + 12), 16);
            name += versions[i].Length + 1;
        }

        return bytes;
    }
}
