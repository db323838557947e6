using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Tests.Datasets;

public sealed class CsvDatasetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Columns_become_samples_and_attributes()
    {
        var dataset = Read("File, Label ,split,group,weather\na.jpg,person,train,g1,rain\nsub/b.jpg,0,dev,,\"sun, wind\"\n");

        Assert.Equal(2, dataset.Samples.Length);
        var (first, second) = (dataset.Samples[0], dataset.Samples[1]);
        Assert.Equal(
            ("a.jpg", _folder["a.jpg"], true, "train", "g1", "rain"),
            (first.File, first.Path, first.IsPerson, first.Split, first.Group, first.Attributes["weather"])
        );
        Assert.Equal(
            ("sub/b.jpg", false, "dev", null, "sun, wind"),
            (second.File, second.IsPerson, second.Split, second.Group, second.Attributes["weather"])
        );
        Assert.Equal(["dev", "train"], dataset.Splits);
        Assert.Equal("a.jpg", dataset.Only("train").Samples.Single().File);
    }

    [Fact]
    public void A_split_that_is_not_there_lists_those_that_are()
    {
        Assert.Equal(
            $"Dataset '{Path.GetFileName(_folder.Path)}' has no split 'test'. Its splits: dev, train.",
            Assert.Throws<DatasetException>(() => Read("file,label,split\na,1,train\nb,0,dev\n").Only("test")).Message
        );
        Assert.Contains(
            "has no splits, so there is no 'test'. Give its CSV a column 'split', or leave the option out.",
            Assert.Throws<DatasetException>(() => Read("file,label\na,1\n").Only("test")).Message
        );
    }

    [Theory]
    [InlineData("./a.jpg")]
    [InlineData("sub/../a.jpg")]
    [InlineData(".//a.jpg")]
    [InlineData(".\\\\a.jpg")]
    public void Another_spelling_is_the_same_picture(string spelling) =>
        Assert.EndsWith(
            $"has 1 faulty line: line 3: '{spelling.Replace('\\', '/')}' is the same file as 'a.jpg' in line 2.",
            Assert.Throws<DatasetException>(() => Read($"file,label\na.jpg,1\n{spelling},0\n")).Message
        );

    [SkippableFact]
    public void A_link_is_the_same_picture_as_its_target()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        _folder.Write("real/a.jpg", "x");
        Directory.CreateSymbolicLink(_folder["linked"], "real");
        File.CreateSymbolicLink(_folder["b.jpg"], "real/a.jpg");

        var fault = Assert.Throws<DatasetException>(() => Read("file,label\nreal/a.jpg,1\nlinked/a.jpg,0\nb.jpg,0\n")).Message;

        Assert.Contains("\n  line 3: 'linked/a.jpg' is the same file as 'real/a.jpg' in line 2", fault);
        Assert.Contains("\n  line 4: 'b.jpg' is the same file as 'real/a.jpg' in line 2", fault);
    }

    [Theory]
    [InlineData("file,label,label", "has 2 columns named 'label' (columns 2 and 3;")]
    [InlineData("file,label, Label ", "has 2 columns named 'label' (columns 2 and 3;")]
    [InlineData("FILE,label,weather,file", "has 2 columns named 'file' (columns 1 and 4;")]
    public void Columns_of_one_name_are_a_fault(string header, string expected) =>
        Assert.Contains(expected, Assert.Throws<DatasetException>(() => Read(header + "\na,1,0,x\n")).Message);

    [Fact]
    public void Columns_without_a_name_may_be_several() => Assert.Single(Read("file,label,,\na,1,,\n").Samples);

    [Fact]
    public void A_root_says_where_paths_start()
    {
        _folder.Write("pictures/a.jpg", "x");
        var csv = _folder.Write("lists/labels.csv", "file,label\na.jpg,1\n");

        var sample = DatasetReader.Read(csv, new DatasetOptions { Root = _folder["pictures"] }).Samples.Single();

        Assert.Equal(("a.jpg", _folder["pictures/a.jpg"]), (sample.File, sample.Path));
        Assert.Contains(
            "There is no folder 'no/such', which --root names",
            Assert.Throws<DatasetException>(() => DatasetReader.Read(csv, new DatasetOptions { Root = "no/such" })).Message
        );
    }

    [Fact]
    public void Any_path_is_allowed_by_an_option_alone()
    {
        var csv = _folder.Write("lists/labels.csv", $"file,label\n{_folder["a.jpg"]},1\n../b.jpg,0\n");

        Assert.Contains("has 2 faulty lines:", Assert.Throws<DatasetException>(() => DatasetReader.Read(csv)).Message);
        Assert.Equal(
            [_folder["a.jpg"], _folder["b.jpg"]],
            DatasetReader.Read(csv, new DatasetOptions { AnyPath = true }).Samples.Select(sample => sample.Path)
        );
    }

    [Fact]
    public void An_absolute_path_below_the_folder_leads_nowhere_else() =>
        Assert.Equal(_folder["a.jpg"], Read($"file,label\n{_folder["a.jpg"]},1\n").Samples.Single().Path);

    [Fact]
    public void An_archive_is_no_csv() =>
        Assert.Contains(
            "is neither a CSV nor a folder. 'curate import ",
            Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Write("a.zip", "PK"))).Message
        );

    [Theory]
    [InlineData("", "is empty. Its first line must name the columns, at least file and label.")]
    [InlineData("file,label\n", "has no samples below its header.")]
    [InlineData("picture,label\na,1\n", "has no column file. Its columns: picture, label.")]
    [InlineData("a;b\n1;2\n", "has no column file and no column label. Its columns: a;b.")]
    [InlineData(
        "file,label\na.jpg,maybe\n",
        "has 1 faulty line: line 2: label 'maybe' is unknown; use person, people or human against none, no_person, not_person or "
            + "background (or 1 against 0)."
    )]
    [InlineData("file,label\na.jpg,1\na.jpg,0\n", "has 1 faulty line: line 3: 'a.jpg' stands in line 2 already.")]
    [InlineData("file,label\n,1\n", "has 1 faulty line: line 2: 'file' is empty.")]
    [InlineData(
        "file,label\n../a.jpg,1\n",
        "has 1 faulty line: line 2: '../a.jpg' leads out of the CSV's folder; give files below it, the "
    )]
    [InlineData(
        "file,label\n/etc/passwd,1\n",
        "'/etc/passwd' leads out of the CSV's folder; give files below it, the folder that they are below by --root, or allow any place by "
            + "--any-path."
    )]
    [InlineData("file,label\n\"a.jpg,1\n", "up to line 3: quotes do not match in '\"a.jpg,1'. Fix the line.")]
    public void A_faulty_file_says_where_and_what(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<DatasetException>(() => Read(text)).Message);

    [Fact]
    public void All_faults_come_in_one_message_and_many_are_counted()
    {
        var text = "file,label\n" + string.Concat(Enumerable.Range(0, 14).Select(i => $"{i}.jpg,x\n"));

        var fault = Assert.Throws<DatasetException>(() => Read(text)).Message;

        Assert.Contains("has 14 faulty lines:\n  line 2: ", fault);
        Assert.EndsWith("\n  and 4 more", fault);
        Assert.Equal(12, fault.Split('\n').Length);
    }

    [Fact]
    public void A_comma_for_decimals_changes_nothing()
    {
        var before = Thread.CurrentThread.CurrentCulture;
        try
        {
            Thread.CurrentThread.CurrentCulture = new System.Globalization.CultureInfo("de-DE");

            Assert.Equal("0.5", Read("file,label,area\na,1,0.5\n").Samples[0].Attributes["area"]);
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    public void Dispose() => _folder.Dispose();

    private Dataset Read(string text) => DatasetReader.Read(_folder.Write("labels.csv", text));
}
