using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using Parquet.Serialization;

namespace MLNetPerson.Training.Tests.Datasets;

/// <summary>Datasets in several files: CSVs, Parquet, tar archives in WebDataset's layout.</summary>
public sealed class ShardedInputTests : IDisposable
{
    private static readonly byte[] Picture = ImageWriter.EncodePng(TestImages.Noise(12, 8, seed: 3));

    private readonly TempFolder _folder = new();

    [Fact]
    public void Csvs_are_read_in_the_order_of_their_names_by_pattern_by_braces_and_by_folder()
    {
        _folder.Write("lists/labels-00.csv", "file,label\na.jpg,1\nb.jpg,0\n");
        _folder.Write("lists/labels-01.csv", "file,label,split\nc.jpg,1,train\n");
        _folder.Write("lists/other.txt", "");

        foreach (var path in new[] { "lists/labels-*.csv", "lists/labels-{00..01}.csv", "lists" })
        {
            var dataset = DatasetReader.Read(_folder[path]);

            Assert.Equal(["a.jpg", "b.jpg", "c.jpg"], dataset.Samples.Select(sample => sample.File));
            Assert.Equal([true, false, true], dataset.Samples.Select(sample => sample.IsPerson));
            Assert.Equal("train", dataset.Samples[2].Split);
            Assert.Equal(_folder["lists/a.jpg"], dataset.Samples[0].Path);
            Assert.Equal("lists", dataset.Name);
            Assert.Equal(dataset.Samples, SampleStream.Read(_folder[path]));
        }
    }

    [Fact]
    public async Task A_parquet_file_gives_what_the_same_csv_gives()
    {
        string[] files = ["a.jpg", "b.jpg", "c.jpg"];
        _folder.Write(
            "labels.csv",
            "file,label,split,group,sha256,weather,boxes\n"
                + string.Concat(
                    files.Select((file, i) => $"{file},{i % 2},train,g{i},{new string("abc"[i], 64)},{(i == 1 ? "" : "rain")},{i}\n")
                )
        );
        await using (var stream = File.Create(_folder["labels.parquet"]))
        {
            await ParquetSerializer.SerializeAsync(
                files.Select((file, i) => new Row(file, i % 2, "train", $"g{i}", new string("abc"[i], 64), i == 1 ? null : "rain", i)),
                stream
            );
        }

        var (csv, parquet) = (DatasetReader.Read(_folder["labels.csv"]), DatasetReader.Read(_folder["labels.parquet"]));

        Assert.Equal(csv.Samples.Length, parquet.Samples.Length);
        Assert.All(
            csv.Samples.Zip(parquet.Samples),
            pair =>
            {
                var none = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty;
                Assert.Equal(pair.First with { Attributes = none }, pair.Second with { Attributes = none });
                Assert.Equal(pair.First.Attributes.AsEnumerable(), pair.Second.Attributes);
            }
        );
        Assert.Equal(new string('b', 64), parquet.Samples[1].Sha256);
        Assert.DoesNotContain("sha256", parquet.Samples[1].Attributes.Keys);
    }

    [Fact]
    public async Task Labels_of_a_parquet_file_may_be_words_numbers_and_truths()
    {
        await Write("words", new[] { new Words("a.jpg", "person"), new Words("b.jpg", "none") });
        await Write("truths", new[] { new Truths("a.jpg", true), new Truths("b.jpg", false) });
        await Write("longs", new[] { new Longs("a.jpg", 1), new Longs("b.jpg", 0) });

        Assert.All(
            new[] { "words", "truths", "longs" },
            name => Assert.Equal([true, false], DatasetReader.Read(_folder[name + ".parquet"]).Samples.Select(sample => sample.IsPerson))
        );
    }

    [Fact]
    public void Pictures_of_a_tar_archive_are_read_where_they_lie()
    {
        TarShards.Write(
            _folder["train-000.tar"],
            ("000.png", Picture),
            ("000.cls", "1"u8.ToArray()),
            ("sub/001.png", [1, 2, 3]),
            (
                "sub/001.json",
                Encoding.UTF8.GetBytes($"{{\"label\":\"none\",\"split\":\"test\",\"group\":\"g\",\"sha256\":\"{new string('A', 64)}\"}}")
            ),
            ("002.seg.png", Picture),
            ("002.cls", "0\n"u8.ToArray())
        );

        var samples = DatasetReader.Read(_folder["train-000.tar"]).Samples;

        Assert.Equal(
            ["train-000.tar/000.png", "train-000.tar/sub/001.png", "train-000.tar/002.seg.png"],
            samples.Select(sample => sample.File)
        );
        Assert.Equal([true, false, false], samples.Select(sample => sample.IsPerson));
        Assert.Equal(["train", "test", "train"], samples.Select(sample => sample.Split));
        Assert.Equal([null, "g", null], samples.Select(sample => sample.Group));
        Assert.Equal(new string('a', 64), samples[1].Sha256);
        Assert.Equal(Picture, new ImageReader().ReadBytes(samples[0].Path));
        Assert.Equal([1, 2, 3], new ImageReader().ReadBytes(samples[1].Path));
        Assert.Equal(Sha256Text.OfBytes(Picture), Sha256Text.OfFile(samples[2].Path));
    }

    [Fact]
    public void A_csv_may_name_pictures_inside_of_archives_and_a_curated_one_does()
    {
        TarShards.Write(_folder["a.tar"], ("person/0.png", Picture), ("none/1.png", Picture));
        var samples = DatasetReader.Read(_folder["a.tar"]).Samples;

        CanonicalCsv.Write(_folder["labels.csv"], samples);
        var again = DatasetReader.Read(_folder["labels.csv"]).Samples;

        Assert.Equal(samples.Select(sample => sample.Path), again.Select(sample => sample.Path));
        Assert.StartsWith("a.tar#512+", again[0].File);
        Assert.Equal(Picture, new ImageReader().ReadBytes(again[0].Path));
    }

    [Fact]
    public void Names_longer_than_a_header_holds_are_read()
    {
        var name = string.Concat(Enumerable.Repeat("long-folder/", 20)) + "person/0.png";
        using (var file = File.Create(_folder["pax.tar"]))
        using (var tar = new System.Formats.Tar.TarWriter(file, System.Formats.Tar.TarEntryFormat.Pax))
        {
            tar.WriteEntry(
                new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Picture),
                }
            );
        }

        var sample = Assert.Single(DatasetReader.Read(_folder["pax.tar"]).Samples);

        Assert.Equal($"pax.tar/{name}", sample.File);
        Assert.Equal(Picture, new ImageReader().ReadBytes(sample.Path));
    }

    /// <summary>Ten million rows where MLNETPERSON_SCALE=1 asks for them; tests/MLNetPerson.Benchmarks -- scale measures whole
    /// processes.</summary>
    [Theory, InlineData("csv"), InlineData("parquet")]
    public async Task Memory_does_not_grow_with_the_rows_of_a_stream(string kind)
    {
        const int PerFile = 10_000;
        var rows = Environment.GetEnvironmentVariable("MLNETPERSON_SCALE") == "1" ? 10_000_000 : 200_000;
        if (kind == "csv")
        {
            _folder.Write(
                "first.csv",
                "file,label,sha256\n"
                    + string.Concat(Enumerable.Range(0, PerFile).Select(row => $"{row:00000000}.jpg,{row % 2},{Hash(row)}\n"))
            );
        }
        else
        {
            await Write("first", Enumerable.Range(0, PerFile).Select(row => new Listed($"{row:00000000}.jpg", row % 2, Hash(row))));
        }

        Directory.CreateDirectory(_folder["lists"]);
        for (var i = 0; i < rows / PerFile; i++)
        {
            File.CreateSymbolicLink(_folder[$"lists/{i:0000}.{kind}"], _folder[$"first.{kind}"]);
        }

        var (count, early, late) = (0, 0L, 0L);
        foreach (var _ in SampleStream.Read(_folder["lists"]))
        {
            count++;
            early = count == PerFile ? GC.GetTotalMemory(forceFullCollection: true) : early;
            late = count == rows - (PerFile / 2) ? GC.GetTotalMemory(forceFullCollection: true) : late;
        }

        Assert.Equal(rows, count);
        // A row group or a buffer more or less; held rows would be 40 MB for the smaller number already.
        Assert.InRange(late - early, -16_000_000, 16_000_000);

        static string Hash(int row) => Sha256Text.OfBytes(BitConverter.GetBytes(row));
    }

    [Fact]
    public void Readers_of_one_dataset_begin_at_different_files_and_read_the_same()
    {
        for (var i = 0; i < 6; i++)
        {
            _folder.Write($"lists/{i}.csv", $"file,label\n{i}.jpg,1\n");
        }

        var orders = Enumerable
            .Range(0, 3)
            .Select(index => SampleStream.Read(_folder["lists"], null, index, 3).Select(sample => sample.File[0]).ToArray())
            .ToList();

        Assert.Equal(["012345", "234501", "450123"], orders.Select(order => new string(order)));
    }

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "no label", "'{0}', '000.png' has no label. Put '000.cls' beside it, with person" },
            { "strange label", "'{0}', '000.png': label 'dog' is unknown; use person" },
            { "no json", "'{0}', '000.json' is no JSON: " },
            { "no hash", "'{0}', '000.json': sha256 '12' is no SHA-256, which has 64 hexadecimal digits." },
            { "no picture", "'{0}' holds no picture (by ending: .jpg" },
            { "two pictures", "'{0}' has two pictures of one name: '000.png' and '000.jpg'. Rename one." },
        };

    [Theory, MemberData(nameof(Faults))]
    public void A_fault_of_an_archive_is_named(string fault, string message)
    {
        (string, byte[])[] members = fault switch
        {
            "no label" => [("000.png", Picture)],
            "strange label" => [("000.png", Picture), ("000.cls", "dog"u8.ToArray())],
            "no json" => [("000.png", Picture), ("000.json", "{"u8.ToArray())],
            "no hash" => [("000.png", Picture), ("000.json", "{\"label\":1,\"sha256\":\"12\"}"u8.ToArray())],
            "two pictures" => [("000.png", Picture), ("000.jpg", Picture)],
            _ => [("readme.txt", "text"u8.ToArray())],
        };
        TarShards.Write(_folder["a.tar"], members);

        Assert.StartsWith(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, message, _folder["a.tar"]),
            Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder["a.tar"])).Message
        );
    }

    [Fact]
    public void An_archive_that_was_cut_off_is_named_and_one_that_shrinks_later_too()
    {
        TarShards.Write(_folder["a.tar"], ("person/0.png", Picture), ("none/1.png", new byte[5000]));
        var samples = DatasetReader.Read(_folder["a.tar"]).Samples;
        var bytes = File.ReadAllBytes(_folder["a.tar"]);
        File.WriteAllBytes(_folder["a.tar"], bytes[..3000]);

        Assert.Matches(
            "'.*a\\.tar' (was cut off within 'none/1\\.png'|cannot be read as a tar archive: .*)\\. Fetch it again\\.",
            Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder["a.tar"])).Message.Replace("..", ".")
        );
        Assert.Contains(
            "ends behind the end of its archive: the archive was cut off or written anew.",
            Assert.Throws<ImageException>(() => new ImageReader().ReadBytes(samples[1].Path)).Message
        );
        Assert.True(FilePart.Exists(samples[0].Path));
        Assert.False(FilePart.Exists(samples[1].Path));
    }

    [Fact]
    public void Patterns_that_fit_nothing_or_two_kinds_are_named()
    {
        _folder.Write("mixed/a.csv", "file,label\n");
        TarShards.Write(_folder["mixed/a.tar"], ("person/0.png", Picture));

        Assert.StartsWith("No file fits '", Fault("none-*.csv"));
        Assert.Equal($"There is no file '{_folder["x-01.tar"]}', which the braces of the pattern name.", Fault("x-{01..03}.tar"));
        Assert.Equal(
            $"'{_folder["mixed"]}' holds files of 2 kinds (.csv, .tar). Name those of one kind, such as '{_folder["mixed/*.csv"]}'.",
            Fault("mixed")
        );
        Assert.StartsWith($"'{{3..1}}' in '{_folder["x-{3..1}.tar"]}' is no range", Fault("x-{3..1}.tar"));
    }

    [Fact]
    public void The_same_file_in_two_lists_is_named_with_both()
    {
        _folder.Write("lists/a.csv", "file,label\nx.jpg,1\n");
        _folder.Write("lists/b.csv", "file,label\nx.jpg,1\n");

        Assert.Equal(
            $"'{_folder["lists"]}' names files twice: '{_folder["lists/b.csv"]}': 'x.jpg' stands in '{_folder["lists/a.csv"]}' already.",
            Fault("lists")
        );
    }

    [Fact]
    public void A_faulty_line_of_a_stream_is_named_with_its_number()
    {
        _folder.Write("lists/a.csv", "file,label,sha256\nx.jpg,1,\ny.jpg,dog,\n");
        _folder.Write("hash.csv", "file,label,sha256\nx.jpg,1,12\n");

        Assert.StartsWith($"'{_folder["lists/a.csv"]}', line 3: label 'dog' is unknown; use ", Fault("lists"));
        Assert.Equal(
            $"'{_folder["hash.csv"]}' has 1 faulty line: line 2: sha256 '12' is no SHA-256, which has 64 hexadecimal digits.",
            Fault("hash.csv")
        );
    }

    [Fact]
    public async Task A_damaged_parquet_file_and_one_without_a_list_are_named()
    {
        _folder.Write("a.parquet", "PAR1 nothing PAR1");

        Assert.StartsWith($"'{_folder["a.parquet"]}' cannot be read as Parquet: ", Fault("a.parquet"));
        await Write("pictures", new[] { new Pictures([1, 2]) });
        Assert.StartsWith(
            $"'{_folder["pictures.parquet"]}' has no column file and no column label. Its columns: image.",
            Fault("pictures.parquet")
        );
    }

    public void Dispose() => _folder.Dispose();

    private string Fault(string path) => Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder[path])).Message;

    private async Task Write<T>(string name, IEnumerable<T> rows)
    {
        await using var stream = File.Create(_folder[name + ".parquet"]);
        await ParquetSerializer.SerializeAsync(rows, stream);
    }

#pragma warning disable IDE1006, CA1812 // named as the columns are
    private sealed record Row(string file, int label, string split, string group, string sha256, string? weather, int boxes);

    private sealed record Words(string file, string label);

    private sealed record Truths(string file, bool label);

    private sealed record Listed(string file, int label, string sha256);

    private sealed record Longs(string file, long label);

    private sealed record Pictures(byte[] image);
#pragma warning restore IDE1006, CA1812
}
