using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Import;

namespace MLNetPerson.Training.Tests.Datasets;

/// <summary>Where tools put YOLO's label files, and what is said of files that do not belong together.</summary>
public sealed class YoloLayoutTests : IDisposable
{
    private const string Person = "0 0.5 0.5 0.6 0.8\n";

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("images/train/a.jpg", "labels/train/a.txt")] // Ultralytics
    [InlineData("images/train/a.jpg", "labels/a.txt")] // all labels in one folder
    [InlineData("images/a.jpg", "labels/a.jpg.txt")] // the picture's ending stays
    [InlineData("images/a.jpg", "labels/train/a.txt")]
    [InlineData("train/images/a.jpg", "train/labels/a.txt")] // Roboflow
    [InlineData("valid/images/a.jpg", "valid/labels/a.jpg.txt")]
    [InlineData("obj_train_data/a.jpg", "obj_train_data/a.txt")] // CVAT, darknet
    [InlineData("obj_train_data/deeper/a.jpg", "obj_train_data/deeper/a.txt")]
    [InlineData("a.jpg", "a.txt")] // LabelImg
    [InlineData("JPEGImages/a.jpg", "labels/a.txt")] // darknet's voc_label.py
    [InlineData("images/a.JPG", "labels/a.TXT")]
    [InlineData("pictures/a.jpg", "annotations/a.txt")]
    [InlineData("images/a.b.c.jpg", "labels/a.b.c.txt")]
    [InlineData("images/a_jpg.rf.0f3.jpg", "labels/a_jpg.rf.0f3.txt")] // Roboflow's names
    [InlineData("Images/a.jpg", "Labels/a.txt")]
    public void A_label_file_is_found_in_the_layouts_of_tools(string picture, string labels)
    {
        Picture(picture);
        _folder.Write("set/" + labels, Person);
        _folder.Write("set/data.yaml", "names: [person]\n");

        var report = Import($"a=yolo:{_folder["set"]}");

        Assert.Equal((1, 0), (report.Sources[0].Persons, report.Sources[0].None));
        Assert.Empty(report.Sources[0].Notes);
    }

    [Theory]
    [InlineData("data.yaml", "names: [person]", "train/images/a.jpg", "train/labels/a.txt", "train")]
    [InlineData("obj.names", "person", "obj_valid_data/a.jpg", "obj_valid_data/a.txt", "valid")]
    [InlineData("classes.txt", "person", "images/val/a.jpg", "labels/val/a.txt", "val")]
    [InlineData("_darknet.labels", "person", "valid/a.jpg", "valid/a.txt", "valid")] // Roboflow's export for darknet
    [InlineData("train/_darknet.labels", "person", "train/a.jpg", "train/a.txt", "train")]
    [InlineData("data.yaml", "names: [person]", "train/pictures/a.jpg", "train/yolo_labels/a.txt", "train")]
    public void A_layout_is_found_out_with_its_splits(string names, string text, string picture, string labels, string split)
    {
        Picture(picture);
        _folder.Write("set/" + labels, Person);
        _folder.Write("set/" + names, text);

        var report = Import($"a={_folder["set"]}");

        Assert.Equal((SourceFormat.Yolo, 1), (report.Sources[0].Format, report.Sources[0].Persons));
        Assert.Contains($",1,{split},", File.ReadAllLines(report.Csv)[1]);
    }

    [Theory]
    [InlineData("train.txt", "valid.txt", "data/obj_train_data/")] // CVAT's "YOLO 1.1"
    [InlineData("train.txt", "test.txt", "./obj_train_data/")]
    [InlineData("data/train.txt", "data/val.txt", "/home/someone/darknet/data/obj_train_data/")]
    [InlineData("train.txt", "val.txt", "C:\\data\\obj_train_data\\")]
    public void Lists_of_darknet_divide_the_pictures(string first, string second, string above)
    {
        Write("a", "b");
        _folder.Write("set/" + first, $"{above}a.jpg\r\n");
        _folder.Write("set/" + second, $"\n{above}b.jpg\n");

        var report = Import($"a=yolo:{_folder["set"]}");

        var rows = File.ReadAllLines(report.Csv);
        Assert.Contains(rows, row => row.Contains("a.jpg,1,train,", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains($"b.jpg,1,{Path.GetFileNameWithoutExtension(second)},", StringComparison.Ordinal));
        Assert.Empty(report.Sources[0].Notes);
    }

    [Fact]
    public void Lines_without_a_picture_and_pictures_without_a_line_are_told()
    {
        _folder.Write("set/obj.names", "person\n");
        foreach (var name in new[] { "a", "b" })
        {
            Picture($"pictures/{name}.jpg");
            _folder.Write($"set/pictures/{name}.txt", Person);
        }

        _folder.Write("set/train.txt", "data/pictures/a.jpg\ndata/pictures/gone.jpg\n");

        var report = Import($"a=yolo:{_folder["set"]}");

        Assert.Contains(report.Sources[0].Notes, note => note.Contains("1 line of its lists names no picture: ", StringComparison.Ordinal));
        Assert.Contains(report.Sources[0].Notes, note => note.Contains("1 picture stands in none of its lists", StringComparison.Ordinal));
    }

    [Fact]
    public void A_picture_in_the_lists_of_two_splits_is_a_fault()
    {
        Write("a", "b");
        _folder.Write("set/train.txt", "obj_train_data/a.jpg\nobj_train_data/b.jpg\n");
        _folder.Write("set/valid.txt", "obj_train_data/b.jpg\n");

        var fault = Assert.Throws<DatasetException>(() => Import($"a=yolo:{_folder["set"]}"));

        Assert.Contains(
            "valid.txt, line 1: 'obj_train_data/b.jpg' has the split train by train.txt, line 2; a picture has one",
            fault.Message
        );
    }

    private void Write(params string[] names)
    {
        _folder.Write("set/obj.names", "person\n");
        foreach (var name in names)
        {
            Picture($"obj_train_data/{name}.jpg");
            _folder.Write($"set/obj_train_data/{name}.txt", Person);
        }
    }

    [Fact]
    public void Label_files_and_pictures_that_do_not_meet_are_refused_by_name()
    {
        Picture("images/a.jpg");
        Picture("images/b.jpg");
        _folder.Write("set/labels/a.txt", Person);
        _folder.Write("set/labels/c.txt", Person);
        _folder.Write("set/classes.txt", "person\n");

        Assert.Equal(
            $"'{_folder["set"]}': 1 label file belongs to no picture ('labels/c.txt'), and 1 picture has no label file ('images/b.jpg'). "
                + $"Name label files as their pictures, or remove those without a picture. Nothing was imported.",
            Assert.Throws<DatasetException>(() => Import(_folder["set"])).Message
        );
    }

    [Fact]
    public void Pictures_without_any_label_file_are_refused()
    {
        Picture("images/a.jpg");
        Directory.CreateDirectory(_folder["set/labels"]);
        _folder.Write("set/classes.txt", "person\n");

        Assert.Contains(
            "has no label file (.txt) for any of the 1 pictures",
            Assert.Throws<DatasetException>(() => Import(_folder["set"])).Message
        );
    }

    [Fact]
    public void Label_files_without_a_picture_are_told()
    {
        Picture("images/a.jpg");
        _folder.Write("set/labels/a.txt", Person);
        _folder.Write("set/labels/gone.txt", Person);
        _folder.Write("set/README.txt", "Made by me, 2020.\n");
        _folder.Write("set/train.txt", "images/a.jpg\n");
        _folder.Write("set/classes.txt", "person\n");

        Assert.Equal(["1 label file belongs to no picture: 'labels/gone.txt'"], Import(_folder["set"]).Sources[0].Notes.AsEnumerable());
    }

    [Fact]
    public void Pictures_without_a_label_file_count_as_none_and_are_told()
    {
        Picture("images/a.jpg");
        Picture("images/b.jpg");
        _folder.Write("set/labels/a.txt", Person);
        _folder.Write("set/classes.txt", "person\n");

        var report = Import(_folder["set"]);

        Assert.Equal((1, 1), (report.Sources[0].Persons, report.Sources[0].None));
        Assert.Equal(
            ["1 picture has no label file and so no objects, which is YOLO's custom: 'images/b.jpg'"],
            report.Sources[0].Notes.AsEnumerable()
        );
    }

    [Fact]
    public void A_label_file_that_may_belong_to_two_pictures_is_a_fault()
    {
        Picture("images/train/a.jpg");
        Picture("images/val/a.jpg");
        _folder.Write("set/labels/a.txt", Person);
        _folder.Write("set/classes.txt", "person\n");

        Assert.Contains(
            "labels/a.txt: it may belong to 'images/train/a.jpg', 'images/val/a.jpg'",
            Assert.Throws<DatasetException>(() => Import(_folder["set"])).Message
        );
    }

    [Fact]
    public void Key_points_are_no_outline()
    {
        Picture("images/a.jpg");
        _folder.Write("set/labels/a.txt", "0 0.5 0.5 0.2 0.2 0.1 0.1 0.9 0.9\n");
        _folder.Write("set/data.yaml", "kpt_shape: [2, 2]\nnames: [person]\n");

        var report = Import(_folder["set"]);

        Assert.Contains(",40 20 20 10,", File.ReadAllLines(report.Csv)[1]);
    }

    [Fact]
    public void Links_are_refused_by_name()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Picture("images/a.jpg");
        _folder.Write("set/labels/a.txt", Person);
        _folder.Write("set/classes.txt", "person\n");
        File.CreateSymbolicLink(_folder["set/images/b.jpg"], "a.jpg");

        Assert.Contains(
            "'b.jpg' is a link; put the file itself there",
            Assert.Throws<DatasetException>(() => Import(_folder["set"])).Message
        );
    }

    public void Dispose() => _folder.Dispose();

    private void Picture(string name) => _folder.Write("set/" + name, ImageWriter.EncodePng(TestImages.Noise(100, 50, 3)));

    private ImportReport Import(string source) =>
        Importer.Import(new ImportOptions { Out = _folder["out"], Sources = [ImportSource.Parse(source)] });
}
