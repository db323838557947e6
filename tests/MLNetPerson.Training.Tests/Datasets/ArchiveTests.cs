using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Import;

namespace MLNetPerson.Training.Tests.Datasets;

/// <summary>Archives as people's tools make them.</summary>
public sealed class ArchiveTests : IDisposable
{
    private const int UnixFolder = 0x41ED << 16; // S_IFDIR, rwxr-xr-x
    private const int DosFolder = 0x10;

    private readonly TempFolder _folder = new();

    public static TheoryData<string, string[]> Shapes =>
        new()
        {
            { "Finder, two items", ["person/0.jpg", "none/1.jpg", "__MACOSX/person/._0.jpg", "__MACOSX/._person"] },
            { "Finder, one folder", ["data/", "data/person/0.jpg", "data/none/1.jpg", "data/.DS_Store", "__MACOSX/data/person/._0.jpg"] },
            { "old Windows tools", ["person\\", "none\\", "person\\0.jpg", "none\\1.jpg"] },
            { "old Windows tools, one folder", ["data\\person\\0.jpg", "data\\none\\1.jpg", "data\\Thumbs.db"] },
            { "zip -r of a folder", ["./", "./person/", "./person/0.jpg", "./none/", "./none/1.jpg"] },
            { "two folders around", ["a/b/person/0.jpg", "a/b/none/1.jpg"] },
            { "Synology", ["set/person/0.jpg", "set/person/@eaDir/0.jpg/SYNOPHOTO_THUMB_M.jpg", "set/none/1.jpg", "set/@eaDir/x.jpg"] },
            { "a notebook's", ["set/person/0.jpg", "set/none/1.jpg", "set/.ipynb_checkpoints/0.jpg", "set/none/.ipynb_checkpoints/1.jpg"] },
            { "doubled separators", ["data//person//0.jpg", "data//none//1.jpg"] },
            { "names of another language", ["daten/person/größe.jpg", "daten/none/日本.jpg"] },
        };

    [Theory, MemberData(nameof(Shapes))]
    public void A_zip_gives_its_pictures_and_no_split(string made, string[] entries)
    {
        Zip("set.zip", entries);

        var report = Importer.Import(new ImportOptions { Out = _folder["out"], Sources = [ImportSource.Parse($"a={_folder["set.zip"]}")] });

        Assert.True((1, 1) == (report.Sources[0].Persons, report.Sources[0].None), made);
        Assert.All(File.ReadLines(report.Csv).Skip(1), line => Assert.Equal("", line.Split(',')[2]));
        Assert.Equal(
            entries.Any(entry =>
                entry.Contains("__MACOSX")
                || entry.Contains("/.") && !entry.StartsWith('.')
                || entry.Contains("Thumbs")
                || entry.Contains("@eaDir")
            ),
            report.Sources[0].Notes.Length > 0
        );
    }

    [Fact]
    public void Names_without_a_flag_are_utf8_where_they_can_be_and_code_page_437_otherwise()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Zip("dos.zip", ["person/größe.jpg", "none/1.jpg"], Encoding.GetEncoding(437));
        Zip("finder.zip", ["person/größe.jpg", "none/1.jpg"], Encoding.UTF8, flag: false);

        foreach (var zip in new[] { "dos", "finder" })
        {
            Archive.Unpack(_folder[zip + ".zip"], _folder[zip], default);
            Assert.True(File.Exists(_folder[zip + "/person/größe.jpg"]), zip);
        }
    }

    [Fact]
    public void Folders_are_known_by_their_permission_bits_too()
    {
        using (var zip = ZipFile.Open(_folder["set.zip"], ZipArchiveMode.Create))
        {
            zip.CreateEntry("person").ExternalAttributes = UnixFolder;
            zip.CreateEntry("none").ExternalAttributes = DosFolder;
            Put(zip, "person/0.jpg");
            Put(zip, "none/1.jpg");
        }

        Archive.Unpack(_folder["set.zip"], _folder["set"], default);

        Assert.Equal([".unpacked-from", "none", "none/1.jpg", "person", "person/0.jpg"], Below("set"));
    }

    [Theory]
    [InlineData("person/0.jpg", "person/0.jpg", "entry: 'person/0.jpg' is in the archive twice")]
    [InlineData("person/0.jpg", "./person\\0.jpg", "entry: 'person/0.jpg' is in the archive twice")]
    [InlineData("person", "person/0.jpg", "entry: 'person' is a file, and 'person/0.jpg' lies below it")]
    [InlineData("a.jpg", "..\\b.jpg", "leads out of the folder")]
    [InlineData("a.jpg", "C:\\b.jpg", "is an absolute path")]
    public void Entries_that_contradict_each_other_are_named(string first, string second, string expected)
    {
        Zip("bad.zip", [first, second]);

        Assert.Contains(
            expected,
            Assert.Throws<DatasetException>(() => Archive.Unpack(_folder["bad.zip"], _folder["bad"], default)).Message
        );
        Assert.False(Directory.Exists(_folder["bad"]));
    }

    [Fact]
    public void A_tar_of_the_current_folder_is_read()
    {
        using (var tar = new TarWriter(File.Create(_folder["set.tar"])))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "./"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "./._person") { DataStream = new MemoryStream([1]) });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "./person/0.jpg") { DataStream = new MemoryStream([1]) });
        }

        Assert.Equal([new PassedOver("._person", PassedOverReasons.Hidden)], Archive.Unpack(_folder["set.tar"], _folder["set"], default));
        Assert.Equal([".unpacked-from", "person", "person/0.jpg"], Below("set"));
    }

    [Fact]
    public void A_pipe_in_a_tar_is_refused()
    {
        using (var tar = new TarWriter(File.Create(_folder["set.tar"])))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Fifo, "person/pipe"));
        }

        Assert.Contains(
            "entry: 'person/pipe' is neither a file nor a folder",
            Assert.Throws<DatasetException>(() => Archive.Unpack(_folder["set.tar"], _folder["set"], default)).Message
        );
    }

    /// <remarks>.NET's reader of zip files compares no checksums; an entry that is stored would come out changed.</remarks>
    [Theory, InlineData(CompressionLevel.NoCompression), InlineData(CompressionLevel.Fastest)]
    public void A_zip_whose_bytes_changed_is_refused_by_the_entrys_name(CompressionLevel level)
    {
        using (var zip = new ZipArchive(File.Create(_folder["set.zip"]), ZipArchiveMode.Create))
        {
            using var stream = zip.CreateEntry("person/a.bmp", level).Open();
            stream.Write(PlainBmp.FromRgb(40, 30, TestImages.Noise(40, 30, 3).Pixels));
        }

        var bytes = File.ReadAllBytes(_folder["set.zip"]);
        bytes.AsSpan(bytes.Length / 2, 4).Fill(0x55);
        File.WriteAllBytes(_folder["set.zip"], bytes);

        var fault = Assert.Throws<DatasetException>(() => Archive.Unpack(_folder["set.zip"], _folder["set"], default));

        Assert.Contains("set.zip' cannot be unpacked: ", fault.Message);
        Assert.False(Directory.Exists(_folder["set"]));
    }

    public void Dispose() => _folder.Dispose();

    private string[] Below(string folder) =>
        [
            .. _folder
                .Entries()
                .Where(entry => entry.StartsWith(folder + "/", StringComparison.Ordinal))
                .Select(entry => entry[(folder.Length + 1)..]),
        ];

    /// <summary>Writes entries with exactly these names; <paramref name="encoding"/> without the flag for UTF-8 where
    /// <paramref name="flag"/> is false.</summary>
    private void Zip(string name, string[] entries, Encoding? encoding = null, bool flag = true)
    {
        using (var zip = new ZipArchive(File.Create(_folder[name]), ZipArchiveMode.Create, false, encoding))
        {
            foreach (var entry in entries)
            {
                Put(zip, entry);
            }
        }

        if (!flag)
        {
            // Bit 11 stands in the flags of local headers (offset 6) and of the directory's (offset 8).
            var bytes = File.ReadAllBytes(_folder[name]);
            for (var i = 0; i + 10 < bytes.Length; i++)
            {
                if (bytes.AsSpan(i).StartsWith("PK\x3\x4"u8))
                {
                    bytes[i + 7] &= 0xF7;
                }
                else if (bytes.AsSpan(i).StartsWith("PK\x1\x2"u8))
                {
                    bytes[i + 9] &= 0xF7;
                }
            }

            File.WriteAllBytes(_folder[name], bytes);
        }
    }

    private static void Put(ZipArchive zip, string name)
    {
        var entry = zip.CreateEntry(name);
        if (name is not [.., '/' or '\\'])
        {
            using var stream = entry.Open();
            stream.Write(ImageWriter.EncodePng(TestImages.Noise(8, 8, name.Length)));
        }
    }
}
