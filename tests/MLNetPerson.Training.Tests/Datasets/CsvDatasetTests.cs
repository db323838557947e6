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
    [InlineData("file,label\n../a.jpg,1\n", "has 1 faulty line: line 2: '../a.jpg' leads out of the CSV's folder; give files below it.")]
    [InlineData(
        "file,label\n/etc/passwd,1\n",
        "has 1 faulty line: line 2: '/etc/passwd' leads out of the CSV's folder; give files below it."
    )]
    [InlineData("file,label\n\"a.jpg,1\n", "up to line 3: quotes do not match in '\"a.jpg,1'. Fix the line.")]
    public void A_faulty_file_says_where_and_what(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<DatasetException>(() => Read(text)).Message);

    [Fact]
    public void All_faults_come_in_one_message_and_many_are_counted()
    {
        var text = "file,label\n" + string.Concat(Enumerable.Range(0, 14).Select(i => $"{i}.jpg,x\n"));

        var fault = Assert.Throws<DatasetException>(() => Read(text)).Message;

        Assert.Contains("has 14 faulty lines: line 2: ", fault);
        Assert.EndsWith("; and 4 more.", fault);
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
