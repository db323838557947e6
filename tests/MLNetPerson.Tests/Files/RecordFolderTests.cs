using System.Security.Cryptography;
using MLNetPerson.Files;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Files;

/// <summary>A folder that processes share without locks: whatever happens to one of them, the others read what is whole.</summary>
public sealed class RecordFolderTests : IDisposable
{
    private const int Payload = 24;
    private const int Record = RecordFolder.HashBytes + Payload + sizeof(uint);

    private readonly TempFolder _folder = new();

    [Fact]
    public void What_one_process_wrote_the_next_one_reads()
    {
        Write(0, 1, 2, 3);

        using var folder = Open();

        Assert.Equal(4, folder.Count);
        Assert.All([0, 1, 2, 3], i => Assert.Equal(Content(i), Read(folder, i)));
        Assert.Null(Read(folder, 4));
    }

    [Fact]
    public void A_record_that_was_cut_off_anywhere_is_none_and_those_before_it_are_whole()
    {
        Write(0, 1, 2);
        var file = Directory.GetFiles(_folder.Path).Single();
        var whole = File.ReadAllBytes(file);
        for (var length = 2 * Record; length < 3 * Record; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            using var folder = Open();
            Assert.Equal(2, folder.Count);
            Assert.Equal(Content(1), Read(folder, 1));
            Assert.Null(Read(folder, 2));
        }
    }

    [Fact]
    public void A_record_with_any_changed_bit_is_refused_and_counted_and_its_neighbours_are_read()
    {
        Write(0, 1, 2);
        var file = Directory.GetFiles(_folder.Path).Single();
        var whole = File.ReadAllBytes(file);
        for (var bit = 0; bit < Record * 8; bit += 7)
        {
            var bytes = (byte[])whole.Clone();
            bytes[Record + (bit / 8)] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(file, bytes);
            using var folder = Open();
            Assert.Null(Read(folder, 1));
            Assert.Equal(Content(0), Read(folder, 0));
            Assert.Equal(Content(2), Read(folder, 2));

            // A changed hash is looked for nowhere; all else is noticed when it is read.
            Assert.Equal(bit < sizeof(ulong) * 8 ? 0 : 1, folder.Damaged);
        }
    }

    [Fact]
    public void Zeros_as_a_crashed_machine_leaves_them_are_no_record()
    {
        Write(0);
        var file = Directory.GetFiles(_folder.Path).Single();
        File.AppendAllText(file, new string('\0', 3 * Record));
        using var folder = Open();

        var payload = new byte[Payload];

        Assert.False(folder.TryRead(new byte[RecordFolder.HashBytes], payload));
        Assert.Equal(Content(0), Read(folder, 0));
    }

    [Fact]
    public void The_same_record_twice_is_read_once_and_of_two_that_differ_the_same_one_whoever_wrote_first()
    {
        foreach (
            var order in (byte[][])
                [
                    [9, 5],
                    [5, 9],
                ]
        )
        {
            using var own = new TempFolder();
            foreach (var value in order)
            {
                using var writer = new RecordFolder(own.Path, Payload, ".test");
                writer.Write(Hash(1), Enumerable.Repeat(value, Payload).ToArray());
            }

            using var folder = new RecordFolder(own.Path, Payload, ".test");
            var payload = new byte[Payload];
            Assert.True(folder.TryRead(Hash(1), payload));
            Assert.Equal(5, payload[0]);
        }
    }

    [Fact]
    public void Processes_that_write_side_by_side_do_not_meet_and_see_each_other_after_a_refresh()
    {
        using var reader = Open();
        using (var first = Open())
        using (var second = Open())
        {
            Parallel.For(0, 200, i => (i % 2 == 0 ? first : second).Write(Hash(i), Content(i)));
            Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
            for (var i = 200; i < 220; i++)
            {
                first.Write(Hash(i), Content(i));
                reader.Refresh();
            }
        }

        Assert.Equal(220, reader.Count);
        Assert.All(Enumerable.Range(0, 220), i => Assert.Equal(Content(i), Read(reader, i)));
    }

    [Fact]
    public void Only_the_records_that_are_wanted_are_kept_in_mind()
    {
        Write([.. Enumerable.Range(0, 64)]);

        using var half = new RecordFolder(_folder.Path, Payload, ".test", prefix => prefix < 1UL << 63);

        Assert.Equal(Enumerable.Range(0, 64).Count(i => Hash(i)[0] < 0x80), (int)half.Count);
    }

    [SkippableFact]
    public void A_full_folder_is_one_sentence_and_what_was_written_is_whole()
    {
        using var disk = SmallDisk.Mount(_folder["disk"], "64k");
        using var writer = new RecordFolder(_folder["disk"], Payload, ".test");
        var written = 0;

        var fault = Assert.Throws<IOException>(Fill);

        Assert.Matches(
            $"^The cache folder '.*disk' cannot be written: No space left on device.*\\. What was written before is kept; the same "
                + $"command goes "
                + "on from there once the folder can be written\\.$",
            fault.Message
        );
        Assert.InRange(written, 500, 2000);
        using var reader = new RecordFolder(_folder["disk"], Payload, ".test");
        Assert.Equal(written, reader.Count);
        Assert.Equal(Content(written - 1), Read(reader, written - 1));

        void Fill()
        {
            for (; written < 100_000; written++)
            {
                writer.Write(Hash(written), Content(written));
            }
        }
    }

    [SkippableFact]
    public void A_folder_that_may_only_be_read_is_read_and_a_write_is_one_sentence()
    {
        Directory.CreateDirectory(_folder["disk"]);
        using var disk = SmallDisk.Mount(_folder["disk"], "64k");
        using (var writer = new RecordFolder(_folder["disk"], Payload, ".test"))
        {
            writer.Write(Hash(0), Content(0));
        }

        disk.MakeReadOnly();
        using var folder = new RecordFolder(_folder["disk"], Payload, ".test");

        Assert.Equal(Content(0), Read(folder, 0));
        Assert.Matches(
            "^The cache folder '.*disk' cannot be written: .*[Rr]ead-only file system.* What was written before is kept; ",
            Assert.Throws<IOException>(() => folder.Write(Hash(1), Content(1))).Message
        );
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Hash(int i) => SHA256.HashData(BitConverter.GetBytes(i));

    private static byte[] Content(int i) => [.. Enumerable.Range(0, Payload).Select(at => (byte)((i * 31) + at))];

    private static byte[]? Read(RecordFolder folder, int i)
    {
        var payload = new byte[Payload];
        return folder.TryRead(Hash(i), payload) ? payload : null;
    }

    private RecordFolder Open() => new(_folder.Path, Payload, ".test");

    private void Write(params int[] numbers)
    {
        using var folder = Open();
        foreach (var i in numbers)
        {
            folder.Write(Hash(i), Content(i));
        }
    }
}
