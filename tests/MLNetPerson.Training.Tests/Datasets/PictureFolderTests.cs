using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Tests.Datasets;

/// <summary>What lies in folders besides pictures: nothing is passed over in silence, and depth makes no difference.</summary>
public sealed class PictureFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(".ipynb_checkpoints/a.jpg", ".ipynb_checkpoints/", PassedOverReasons.Hidden)]
    [InlineData("@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "@eaDir/", PassedOverReasons.SystemEntry)]
    [InlineData("__MACOSX/._a.jpg", "__MACOSX/", PassedOverReasons.SystemEntry)]
    [InlineData("lost+found/a.jpg", "lost+found/", PassedOverReasons.SystemEntry)]
    [InlineData(".git/annex/objects/a.jpg", ".git/", PassedOverReasons.Hidden)]
    [InlineData("$RECYCLE.BIN/a.jpg", "$RECYCLE.BIN/", PassedOverReasons.SystemEntry)]
    [InlineData("._a.jpg", "._a.jpg", PassedOverReasons.Hidden)]
    [InlineData("Thumbs.db", "Thumbs.db", PassedOverReasons.SystemEntry)]
    [InlineData("raw.CR2", "raw.CR2", PassedOverReasons.UnreadFormat)]
    [InlineData("notes.txt", "notes.txt", PassedOverReasons.NoPicture)]
    public void An_entry_is_passed_over_with_the_same_reason_at_every_depth(string file, string entry, string reason)
    {
        foreach (var above in new[] { "", "person/", "train/person/", "train/person/deeper/" })
        {
            using var folder = new TempFolder();
            folder.Write($"{above}{file}", "x");
            folder.Write($"{above}good.jpg", "x");

            var read = PictureFolder.Read(folder.Path);

            Assert.Equal([$"{above}good.jpg"], read.Files.Select(one => Path.GetRelativePath(folder.Path, one.FullName)));
            Assert.Equal([new PassedOver(above + entry, reason)], read.PassedOver.AsEnumerable());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("train/")]
    public void Folders_of_classes_and_of_splits_pass_over_alike(string above)
    {
        Add($"{above}person/a.jpg", $"{above}none/b.jpg", $"{above}.ipynb_checkpoints/c.jpg", $"{above}@eaDir/d.jpg", $"{above}e.jpg");

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Equal([$"{above}none/b.jpg", $"{above}person/a.jpg"], dataset.Samples.Select(sample => sample.File).Order());
        Assert.Equal(
            [
                ($"{above}.ipynb_checkpoints/", PassedOverReasons.Hidden),
                ($"{above}@eaDir/", PassedOverReasons.SystemEntry),
                ($"{above}e.jpg", PassedOverReasons.NoClass),
            ],
            dataset.PassedOver.Select(entry => (entry.File, entry.Reason)).Order()
        );
    }

    [Fact]
    public void A_folder_around_the_classes_is_a_split_only_if_it_is_called_like_one()
    {
        Add("data/person/a.jpg", "data/none/b.jpg");
        Assert.Empty(DatasetReader.Read(_folder.Path).Splits);

        Add("test/person/a.jpg", "test/none/b.jpg", "more/c.jpg");
        var both = DatasetReader.Read(_folder.Path);
        Assert.Equal(["data", "test"], both.Splits);
        Assert.Equal([new PassedOver("more/c.jpg", PassedOverReasons.NoClass)], both.PassedOver.AsEnumerable());
    }

    [SkippableFact]
    public void Links_to_pictures_and_folders_are_followed()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        Add(".annex/1.jpg", "elsewhere/2.jpg", "set/none/3.jpg");
        Directory.CreateDirectory(_folder["set/person"]);
        File.CreateSymbolicLink(_folder["set/person/one.jpg"], "../../.annex/1.jpg");
        Directory.CreateSymbolicLink(_folder["set/person/more"], _folder["elsewhere"]);
        File.CreateSymbolicLink(_folder["set/person/gone.jpg"], "../../.annex/9.jpg");
        Directory.CreateSymbolicLink(_folder["set/person/again"], "..");
        File.CreateSymbolicLink(_folder["set/person/copy.jpg"], "one.jpg");

        var dataset = DatasetReader.Read(_folder["set"]);

        Assert.Equal(["none/3.jpg", "person/copy.jpg", "person/more/2.jpg"], dataset.Samples.Select(sample => sample.File).Order());
        Assert.Contains(new PassedOver("person/gone.jpg", PassedOverReasons.BrokenLink), dataset.PassedOver);
        Assert.Contains(new PassedOver("person/one.jpg", PassedOverReasons.SameFile), dataset.PassedOver);
    }

    [SkippableFact]
    public void A_link_to_a_folder_above_does_not_turn_in_circles()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        Add("a/b/1.jpg");
        Directory.CreateSymbolicLink(_folder["a/b/up"], _folder["a"]);
        File.CreateSymbolicLink(_folder["a/self.jpg"], "self.jpg");

        var read = PictureFolder.Read(_folder.Path);

        Assert.Single(read.Files);
        Assert.Equal(
            [new PassedOver("a/b/up/", PassedOverReasons.CircularLink), new PassedOver("a/self.jpg", PassedOverReasons.BrokenLink)],
            read.PassedOver.AsEnumerable()
        );
    }

    [SkippableFact]
    public void Folders_that_link_to_each_other_end()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        Add("a/1.jpg", "b/2.jpg");
        Directory.CreateSymbolicLink(_folder["a/to-b"], _folder["b"]);
        Directory.CreateSymbolicLink(_folder["b/to-a"], _folder["a"]);

        Assert.Equal(
            ["1.jpg", "to-b/2.jpg"],
            PictureFolder.Read(_folder["a"]).Files.Select(file => Path.GetRelativePath(_folder["a"], file.FullName))
        );
    }

    [SkippableFact]
    public void A_picture_that_is_linked_into_both_classes_is_a_fault()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        Add("person/a.jpg", "none/b.jpg");
        File.CreateSymbolicLink(_folder["none/c.jpg"], "../person/a.jpg");

        Assert.Equal(
            $"'{_folder.Path}' has the same file in two classes or two splits: 'none/c.jpg' and 'person/a.jpg'. Keep one of each; a "
                + $"link is its target.",
            Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message
        );
    }

    [Fact]
    public void A_summary_counts_by_reason_and_names_the_first()
    {
        PassedOver[] entries =
        [
            .. Enumerable.Range(1, 5).Select(i => new PassedOver($"{i}.heic", PassedOverReasons.UnreadFormat)),
            new PassedOver(".a/", PassedOverReasons.Hidden),
        ];

        Assert.Equal(
            [$"passed over 5: {PassedOverReasons.UnreadFormat}: '1.heic', '2.heic', '3.heic' and 2 more", "passed over 1: hidden: '.a/'"],
            PassedOver.Summarize(entries)
        );
    }

    public void Dispose() => _folder.Dispose();

    private void Add(params string[] files)
    {
        foreach (var file in files)
        {
            _folder.Write(file, "x");
        }
    }
}
