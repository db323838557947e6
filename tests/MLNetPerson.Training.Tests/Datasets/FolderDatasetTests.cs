using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Tests.Datasets;

public sealed class FolderDatasetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("person", "none")]
    [InlineData("People", "no_person")]
    [InlineData("human", "not-person")]
    [InlineData("1", "Background")]
    public void Class_folders_go_by_many_names(string person, string none)
    {
        Add($"{person}/b.jpg", $"{person}/deeper/a.PNG", $"{none}/c.webp", $"{none}/notes.txt", $"{none}/.hidden.jpg");

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Equal(
            new[] { ($"{person}/b.jpg", true), ($"{person}/deeper/a.PNG", true), ($"{none}/c.webp", false) }.OrderBy(
                pair => pair.Item1,
                StringComparer.Ordinal
            ),
            dataset.Samples.Select(sample => (sample.File, sample.IsPerson)).OrderBy(pair => pair.File, StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Folders_above_the_classes_are_splits()
    {
        Add("train/person/a.jpg", "train/none/b.jpg", "test/person/c.jpg", "test/none/d.jpg");

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Equal(["test", "train"], dataset.Splits);
        Assert.Equal(["test/none/d.jpg", "test/person/c.jpg"], dataset.Only("test").Samples.Select(sample => sample.File));
    }

    [Fact]
    public void A_folder_without_classes_says_what_is_expected()
    {
        Add("holiday/a.jpg");

        Assert.Equal(
            $"'{_folder.Path}' has no pictures in class folders (its folders: holiday). Put them into folders named person, people or "
                + $"human against none, no_person, not_person or background (or 1 against 0), or write a CSV with the columns file and "
                + $"label.\npassed over 1: in no class folder: 'holiday/a.jpg'",
            Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message
        );
    }

    [Fact]
    public void An_unknown_folder_beside_classes_is_not_passed_over()
    {
        Add("person/a.jpg", "none/b.jpg", "persom/c.jpg");

        Assert.Contains(
            "persom' stands beside class folders but names no class.",
            Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message
        );
    }

    [Fact]
    public void Nothing_at_all_says_what_a_dataset_is() =>
        Assert.Equal(
            "There is no file or folder 'no/such'. A dataset is a CSV with the columns file and label, or a folder with one sub-folder per "
                + "class.",
            Assert.Throws<DatasetException>(() => DatasetReader.Read("no/such")).Message
        );

    public void Dispose() => _folder.Dispose();

    private void Add(params string[] files)
    {
        foreach (var file in files)
        {
            _folder.Write(file, "x");
        }
    }
}
