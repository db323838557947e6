using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Import;

namespace MLNetPerson.Training.Tests.Datasets;

public sealed class ImporterTests : IDisposable
{
    private const string Coco = """
        {
          "info": { "description": "x", "nested": [[1, 2], {"a": null}] },
          "images": [
            { "id": 1, "file_name": "a.png", "width": 100, "height": 50, "license": 4 },
            { "id": 2, "file_name": "sub/b.png", "width": 100, "height": 50 },
            { "id": 3, "file_name": "c.png", "width": 100, "height": 50 },
            { "id": 4, "file_name": "gone.png", "width": 100, "height": 50 }
          ],
          "annotations": [
            { "id": 10, "image_id": 1, "category_id": 1, "bbox": [0, 0, 50, 25], "segmentation": [[1.5, 2, 3, 4, 5, 6]], "iscrowd": 0 },
            { "id": 11, "image_id": 1, "category_id": 1, "bbox": [90.5, 40, 9.5, 10], "iscrowd": 1 },
            { "id": 12, "image_id": 2, "category_id": 18, "bbox": [0, 0, 100, 50] },
            { "id": 13, "image_id": 3, "category_id": 1, "bbox": [1, 1, 3, 5] }
          ],
          "categories": [ { "id": 1, "name": "person", "supercategory": "person" }, { "id": 18, "name": "dog" } ],
          "licenses": [ { "id": 4, "name": "Attribution License", "url": "x" } ]
        }
        """;

    private readonly TempFolder _folder = new();

    [Fact]
    public void Coco_becomes_a_canonical_csv()
    {
        Pictures("a.png", "sub/b.png", "c.png");
        var json = _folder.Write("in/instances.json", Coco);

        var report = Import(json);

        Assert.Equal(
            [
                "file,label,split,group,source,licence,width,height,person_boxes,max_person_area,crowd_boxes",
                "pictures/instances/a.png,1,,,instances,Attribution License,100,50,0 0 50 25;90.5 40 9.5 10,0.25,90.5 40 9.5 10",
                "pictures/instances/sub/b.png,0,,,instances,,100,50,,0,",
            ],
            Lines("dataset.csv")
        );
        Assert.Equal(
            [
                "source,file,reason",
                "instances,c.png,\"largest person fills 0.0030, from 0.001 to 0.005\"",
                "instances,gone.png,missing: there is no such file",
            ],
            Lines("left-out.csv")
        );
        Assert.Equal((4, 1, 1), (report.Sources[0].Described, report.Sources[0].Persons, report.Sources[0].None));
        Assert.Equal(report.Sources[0].LeftOut, Importer.ReadRecord(_folder["out"])!.Sources[0].LeftOut);
        Assert.Equal(2, DatasetReader.Read(report.Csv).Samples.Length);
    }

    [Fact]
    public void The_streamed_reader_sees_the_same_whatever_the_blocks()
    {
        // Blocks end in the middle of every token: a stream that gives one byte at a time, and a token longer than a block.
        var json = Encoding.UTF8.GetBytes(Coco.Replace("\"x\"", $"\"{new string('é', 200_000)}\"", StringComparison.Ordinal));
        List<string> whole = [],
            pieces = [];
        JsonStream.Read(
            new MemoryStream(json),
            (ref System.Text.Json.Utf8JsonReader reader, LineCounter line) =>
                whole.Add($"{line.Line} {reader.TokenType} {reader.ValueSpan.Length}"),
            default
        );
        JsonStream.Read(
            new Drip([0xEF, 0xBB, 0xBF, .. json], 1000),
            (ref System.Text.Json.Utf8JsonReader reader, LineCounter line) =>
                pieces.Add($"{line.Line} {reader.TokenType} {reader.ValueSpan.Length}"),
            default
        );

        Assert.Equal(whole, pieces);
        Assert.Equal($"{Coco.Split('\n').Length} EndObject 1", whole[^1]);
    }

    [Theory]
    [InlineData("\"images\": [", "\"images\": [,", "line 3, byte 14: ")]
    [InlineData("\"images\": [", "\"pictures\": [", "is not COCO's instances JSON: it has no list 'images'.")]
    [InlineData(
        "[0, 0, 50, 25]",
        "[60, 0, 50, 25]",
        "line 10, annotation 10: box 60 0 50 25 stands outside the picture of 100 x 50. Nothing was imported."
    )]
    [InlineData("[0, 0, 50, 25]", "[0, 0, 0, 25]", "line 10, annotation 10: box 0 0 0 25 has no area")]
    [InlineData("[0, 0, 50, 25]", "[0, 0]", "line 10: annotation 10 has no 'bbox' of 4 numbers")]
    [InlineData("\"category_id\": 18", "\"category_id\": 99", "line 12, annotation 12: category 99 is unknown; 'categories' lists 1, 18")]
    [InlineData("\"image_id\": 2", "\"image_id\": 77", "line 12, annotation 12: image 77 is not in 'images'")]
    [InlineData("sub/b.png", "../b.png", "line 5: '../b.png' leads out of the folder of pictures")]
    [InlineData("sub/b.png", "/etc/passwd", "line 5: '/etc/passwd' is an absolute path; give files below the folder of pictures")]
    [InlineData("sub/b.png", "C:\\\\b.png", "line 5: 'C:/b.png' is an absolute path")]
    [InlineData("\"id\": 2,", "\"id\": 1,", "line 5: image id 1 is given twice")]
    [InlineData(
        "\"name\": \"person\"",
        "\"name\": \"cat\"",
        "has no category that is known to be a person. Its categories: cat, dog. Name those that are with --person."
    )]
    public void Faulty_coco_says_where_and_what_and_writes_nothing(string replace, string by, string expected)
    {
        Pictures("a.png", "sub/b.png", "c.png");
        var json = _folder.Write("in/instances.json", Coco.Replace(replace, by, StringComparison.Ordinal));

        Assert.Contains(expected, Assert.Throws<DatasetException>(() => Import(json)).Message);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void A_cut_off_file_is_refused()
    {
        Pictures("a.png", "sub/b.png", "c.png");
        Assert.Contains(
            "cannot be read as JSON: line ",
            Assert.Throws<DatasetException>(() => Import(_folder.Write("in/instances.json", Coco[..(Coco.Length - 200)]))).Message
        );
    }

    [Fact]
    public void Boxes_over_the_edge_can_be_clipped()
    {
        Pictures("a.png", "sub/b.png", "c.png");
        var json = _folder.Write("in/instances.json", Coco.Replace("[0, 0, 50, 25]", "[60, 0, 50, 25]", StringComparison.Ordinal));

        Import(options => options with { ClipBoxes = true }, json);

        Assert.Contains(",60 0 40 25;", Lines("dataset.csv")[1]);
    }

    [Theory]
    [InlineData(ResizeKind.Squash, 0.0625)] // 25 x 12.5 of 100 x 50
    [InlineData(ResizeKind.CenterCrop, 0)] // columns 25 to 75 are seen, the box ends at 25
    [InlineData(ResizeKind.Pad, 0.03125)] // half of the square is padding
    public void The_area_is_that_of_what_the_model_sees(ResizeKind kind, double expected) =>
        Assert.Equal(
            expected,
            new LabelRule { Input = new ImageSpec(224, 224, kind) }.LargestArea(100, 50, [new PersonBox(0, 0, 25, 12.5)]),
            1e-9
        );

    [Fact]
    public void A_cropped_area_agrees_with_counting_pixels()
    {
        var random = new Random(5);
        for (var trial = 0; trial < 200; trial++)
        {
            var (width, height) = (random.Next(20, 90), random.Next(20, 90));
            var spec = new ImageSpec(random.Next(8, 64), random.Next(8, 64), (ResizeKind)random.Next(3));
            var box = new PersonBox(random.Next(width - 2), random.Next(height - 2), random.Next(1, width), random.Next(1, height)).Clip(
                width,
                height
            );
            var plan = ResizePlan.For(width, height, spec);
            var seen = 0;
            for (var y = plan.CropTop; y < plan.CropTop + plan.CropHeight; y++)
            {
                for (var x = plan.CropLeft; x < plan.CropLeft + plan.CropWidth; x++)
                {
                    seen += x >= box.Left && x < box.Left + box.Width && y >= box.Top && y < box.Top + box.Height ? 1 : 0;
                }
            }

            var expected = (double)seen / (plan.CropWidth * plan.CropHeight) * plan.Width * plan.Height / (spec.Width * spec.Height);
            Assert.Equal(expected, new LabelRule { Input = spec }.LargestArea(width, height, [box]), 1e-9);
        }
    }

    [Theory]
    [InlineData(0.3, true, null)]
    [InlineData(0.005, true, null)]
    [InlineData(0.004, null, "largest person fills 0.0040, from 0.001 to 0.005")]
    [InlineData(0.0005, false, null)]
    [InlineData(0, false, null)]
    public void Large_is_person_tiny_is_none_and_between_is_left_out(double share, bool? isPerson, string? leftOut)
    {
        var picture = Annotated(1000, 1000, share == 0 ? [] : [new PersonBox(0, 0, 1000, 1000 * share)]);
        Assert.Equal((isPerson, leftOut), (new LabelRule().Judge(picture).IsPerson, new LabelRule().Judge(picture).LeftOut));
        Assert.NotNull((new LabelRule { IgnoreBelow = 0.005 }).Judge(picture).IsPerson);
    }

    [Fact]
    public void Persons_of_few_pixels_can_be_left_out()
    {
        var rule = new LabelRule { MinPersonPixels = LabelRule.SmallPixels };

        Assert.Equal("largest person has 961 pixels, below 1024", rule.Judge(Annotated(100, 100, [new PersonBox(0, 0, 31, 31)])).LeftOut);
        Assert.True(rule.Judge(Annotated(100, 100, [new PersonBox(0, 0, 32, 32)])).IsPerson);
        Assert.Equal(
            "the smallest person's area is 0, outside 0 to 1; 'ignore below' is 1, outside 0 to the smallest person's area of 0; the "
                + "fewest pixels of a person are -1, below 0",
            new LabelRule
            {
                MinPersonArea = 0,
                IgnoreBelow = 1,
                MinPersonPixels = -1,
            }.Fault()
        );
    }

    [Fact]
    public void Voc_counts_pixels_from_one_and_brings_its_splits()
    {
        Picture("voc/JPEGImages/a.png", 100, 50);
        _folder.Write("voc/Annotations/a.xml", Voc("a.png", "person", 1, 1, 50, 25));
        Picture("voc/JPEGImages/b.png", 100, 50);
        _folder.Write("voc/Annotations/b.xml", Voc("b.png", "dog", 1, 1, 50, 25));
        _folder.Write("voc/ImageSets/Main/val.txt", "b\n");

        Import(_folder["voc"]);

        Assert.Equal(
            ["pictures/voc/a.png,1,,,voc,,100,50,0 0 50 25,0.25", "pictures/voc/b.png,0,val,,voc,,100,50,,0"],
            Lines("dataset.csv").Skip(1)
        );
    }

    [Theory]
    [InlineData("<annotation><filename>a.png</filename", "b.xml, line 1, column 38: not XML: ")]
    [InlineData(
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><annotation>&e;</annotation>",
        "a document type definition (<!DOCTYPE …>) is not read, since it can name other files; remove it"
    )]
    [InlineData("<picture/>", "b.xml: the outermost element is 'picture', 'annotation' is expected")]
    [InlineData(
        "<annotation>\n<filename>../x.png</filename></annotation>",
        "b.xml, line 2: '../x.png' leads out of the folder of pictures"
    )]
    [InlineData(
        "<annotation><filename>a.png</filename>\n<size><width>a</width></size></annotation>",
        "b.xml, line 2: 'size' has no 'width' and 'height' above 0"
    )]
    [InlineData(
        "<annotation><filename>a.png</filename><size><width>9</width><height>9</height></size>\n"
            + "<object><name>person</name>\n<bndbox><xmin>1</xmin></bndbox></object></annotation>",
        "b.xml, line 3: 'bndbox' has no numbers"
    )]
    [InlineData(
        "<annotation><filename>a.png</filename><size><width>9</width><height>9</height></size>\n"
            + "<object><name>person</name>\n<bndbox><xmin>1</xmin><ymin>1</ymin>"
            + "<xmax>99</xmax><ymax>9</ymax></bndbox></object></annotation>",
        "b.xml, line 3: box 0 0 99 9 stands outside the picture of 9 x 9"
    )]
    public void Faulty_voc_says_where_and_what(string xml, string expected)
    {
        Picture("voc/JPEGImages/a.png", 100, 50);
        _folder.Write("voc/Annotations/a.xml", Voc("a.png", "person", 1, 1, 50, 25));
        _folder.Write("voc/Annotations/b.xml", xml);

        Assert.Contains(expected, Assert.Throws<DatasetException>(() => Import(_folder["voc"])).Message);
    }

    [Theory]
    [InlineData("names: [car, person]\n")]
    [InlineData("path: .\nnames:\n  - car\n  - 'person'\nnc: 2\n")]
    [InlineData("names:\n  0: car\n  1: person  # who\n")]
    public void Yolo_is_read_with_names_in_any_of_their_forms(string yaml)
    {
        Yolo(yaml, "1 0.25 0.25 0.5 0.5\n\n0 0.9 0.9 0.1 0.1\n1 0.8 0.8 0.9 0.8 0.9 0.9\n");

        Import(_folder["yolo"]);

        Assert.Equal(
            [
                "pictures/yolo/train/a.png,1,train,,yolo,,100,50,0 0 50 25;80 40 10 5,0.25",
                "pictures/yolo/train/empty.png,0,train,,yolo,,100,50,,0",
            ],
            Lines("dataset.csv").Skip(1)
        );
    }

    [Theory]
    [InlineData("1 0.5 0.5 0.5", "labels/train/a.txt, line 2: '1 0.5 0.5 0.5' is neither 'class cx cy w h' nor an outline")]
    [InlineData("7 0.5 0.5 0.5 0.5", "labels/train/a.txt, line 2: class 7 is unknown; there are 2: car, person")]
    [InlineData("x 0.5 0.5 0.5 0.5", "labels/train/a.txt, line 2: 'x' is not a class's number")]
    [InlineData(
        "1 0.9 0.5 0.5 0.5",
        "labels/train/a.txt, line 2: box 0.65 0.25 0.5 0.5 (fractions) stands outside the picture or has no area"
    )]
    [InlineData("1 0.9 zero 0.5 0.5", "labels/train/a.txt, line 2: '1 0.9 zero 0.5 0.5' holds something else than numbers")]
    public void Faulty_yolo_says_where_and_what(string line, string expected)
    {
        Yolo("names: [car, person]\n", "0 0.5 0.5 0.1 0.1\n" + line + "\n");

        Assert.Contains(expected, Assert.Throws<DatasetException>(() => Import(_folder["yolo"])).Message);
    }

    [Fact]
    public void Yolo_without_names_asks_for_a_number()
    {
        Yolo(null, "0 0.5 0.5 0.5 0.5\n");

        Assert.Contains("give the class's number: --person 0.", Assert.Throws<DatasetException>(() => Import(_folder["yolo"])).Message);
        Import(options => options with { Sources = [options.Sources[0] with { Persons = ["0"] }] }, _folder["yolo"]);
        Assert.Contains("train/a.png,1,", Lines("dataset.csv")[1]);
    }

    [Fact]
    public void Open_images_takes_the_attributes_of_the_largest_person_and_leaves_depictions_out()
    {
        Picture("oi/x.jpg", 100, 50);
        Picture("oi/y.jpg", 100, 50);
        Picture("oi/z.jpg", 100, 50);
        var csv = _folder.Write(
            "oi/boxes.csv",
            "ImageID,LabelName,Confidence,XMin,XMax,YMin,YMax,IsDepiction,AgePresentation\n"
                + "x,/m/01g317,1,0,0.1,0,0.1,0,Young\nx,/m/01g317,1,0,0.5,0,0.5,0,Older\n"
                + "y,/m/01g317,1,0,0.5,0,0.5,1,Middle\nz,/m/0199g,1,0,0.5,0,0.5,0,\n"
        );

        Import(csv);

        Assert.Equal(
            "file,label,split,group,source,licence,width,height,person_boxes,max_person_area,agepresentation,isdepiction",
            Lines("dataset.csv")[0]
        );
        Assert.Equal("pictures/boxes/x.jpg,1,,,boxes,,100,50,0 0 10 5;0 0 50 25,0.25,Older,0", Lines("dataset.csv")[1]);
        Assert.Equal("pictures/boxes/z.jpg,0,,,boxes,,100,50,,0,,", Lines("dataset.csv")[2]);
        Assert.Equal("boxes,y.jpg,persons are only depicted", Lines("left-out.csv")[1]);
    }

    [Theory]
    [InlineData("x,/m/01g317,0,1.2,0,1", "line 2: box 0 0 1.2 1 (fractions) stands outside the picture or has no area")]
    [InlineData("x,/m/01g317,0,a,0,1", "line 2: xmax 'a' is not a number")]
    [InlineData("x,,0,1,0,1", "line 2: 'LabelName' is empty")]
    [InlineData("../x,/m/01g317,0,1,0,1", "line 2: '../x.jpg' leads out of the folder of pictures")]
    [InlineData("x,/m/0199g,0,1,0,1", "has no category that is known to be a person. Its categories: /m/0199g.")]
    public void Faulty_open_images_says_where_and_what(string line, string expected)
    {
        Picture("oi/x.jpg", 100, 50);
        var csv = _folder.Write("oi/boxes.csv", $"ImageID,LabelName,XMin,XMax,YMin,YMax\n{line}\n");

        Assert.Contains(expected, Assert.Throws<DatasetException>(() => Import(csv)).Message);
    }

    [Fact]
    public void Wider_person_ignores_its_regions_to_ignore()
    {
        Picture("wider/Images/a.jpg", 100, 50);
        _folder.Write("wider/Annotations/a.jpg.txt", "2\n1 0 0 50 25\n4 0 0 100 50\n");
        _folder.Write("wider/train.txt", "a\n");

        Import(_folder["wider"]);

        Assert.Equal("pictures/wider/a.jpg,1,train,,wider,,100,50,0 0 50 25,0.25", Lines("dataset.csv")[1]);
        _folder.Write("wider/Annotations/a.jpg.txt", "1\n9 0 0 50 25\n");
        Assert.Contains(
            "a.jpg.txt, line 2: '9 0 0 50 25' is not 'class x1 y1 x2 y2' with a class from 1 to 5",
            Assert.Throws<DatasetException>(() => Import(options => options with { Replace = true }, _folder["wider"])).Message
        );
    }

    [Fact]
    public void A_canonical_csv_imports_into_itself()
    {
        Pictures("a.png", "sub/b.png", "c.png");
        Import(_folder.Write("in/instances.json", Coco));
        var first = Lines("dataset.csv");

        Importer.Import(
            new ImportOptions { Out = _folder["again"], Sources = [ImportSource.Parse($"instances={_folder["out/dataset.csv"]}")] }
        );

        Assert.Equal(
            first.Select(line => line.Replace("pictures/instances/", "", StringComparison.Ordinal)),
            File.ReadAllLines(_folder["again/dataset.csv"])
                .Select(line => line.Replace("pictures/instances/pictures/instances/", "", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Boxes_in_a_csv_decide_and_the_label_where_there_are_none()
    {
        Picture("csv/a.png", 100, 50);
        Picture("csv/b.png", 100, 50);
        Picture("csv/c.png", 100, 50);
        var csv = _folder.Write(
            "csv/labels.csv",
            "file,label,width,height,person_boxes,weather\na.png,0,100,50,0 0 50 25,rain\nb.png,1,100,50,,\nc.png,0,100,50,,sun\n"
        );

        Import(csv);

        Assert.Equal(["1", "1", "0"], Lines("dataset.csv").Skip(1).Select(line => line.Split(',')[1]));
        Assert.EndsWith(",0.25,rain", Lines("dataset.csv")[1]);
        Assert.Contains(
            "line 2: '0 0 x' is not a box; 'x y w h' in pixels is expected",
            Assert
                .Throws<DatasetException>(() =>
                    Import(
                        options => options with { Replace = true },
                        _folder.Write("csv/bad.csv", "file,label,width,height,person_boxes\na.png,1,100,50,0 0 x\n")
                    )
                )
                .Message
        );
    }

    [Fact]
    public void Sources_combine_with_quotas_that_take_the_same_pictures_again()
    {
        foreach (var source in new[] { "one", "two" })
        {
            for (var i = 0; i < 20; i++)
            {
                Picture($"{source}/{(i % 2 == 0 ? "person" : "none")}/{i}.png", 8, 8);
            }
        }

        ImportReport Run(string folder) =>
            Importer.Import(
                new ImportOptions
                {
                    Out = _folder[folder],
                    Sources =
                    [
                        ImportSource.Parse($"first={_folder["one"]}") with
                        {
                            Quota = SourceQuota.Parse("6/2"),
                            Licence = "CC0",
                            Split = "train",
                        },
                        ImportSource.Parse(_folder["two"]) with
                        {
                            Quota = SourceQuota.Parse("5"),
                        },
                    ],
                }
            );
        var report = Run("x");
        Run("y");

        Assert.Equal((6, 2, 12), (report.Sources[0].Persons, report.Sources[0].None, report.Sources[0].LeftOut["quota"]));
        Assert.Equal(5, report.Sources[1].Persons + report.Sources[1].None);
        Assert.Equal(File.ReadAllText(_folder["x/dataset.csv"]), File.ReadAllText(_folder["y/dataset.csv"]));
        Assert.Equal(13, Directory.GetFiles(_folder["x"], "*.png", SearchOption.AllDirectories).Length);
        Assert.All(File.ReadLines(_folder["x/dataset.csv"]).Skip(1).Take(8), line => Assert.Contains(",train,,first,CC0,", line));
    }

    [Fact]
    public void Pictures_below_the_dataset_stay_where_they_are_and_a_dataset_is_not_overwritten()
    {
        Picture("all/one/person/a.png", 8, 8);
        Picture("all/one/none/b.png", 8, 8);

        ImportReport Run(bool replace) =>
            Importer.Import(
                new ImportOptions
                {
                    Out = _folder["all"],
                    Sources = [ImportSource.Parse(_folder["all/one"])],
                    Replace = replace,
                }
            );
        var before = _folder.Entries();
        Assert.Equal(0, Run(false).Copied);

        Assert.Equal(
            before.Concat(["all/dataset.csv", "all/left-out.csv", "all/import.json"]).Order(StringComparer.Ordinal),
            _folder.Entries()
        );
        Assert.Equal(
            $"'{_folder["all/dataset.csv"]}' is there already. Choose another folder, or say --replace.",
            Assert.Throws<DatasetException>(() => Run(false)).Message
        );
        Assert.Equal(0, Run(true).Copied);
    }

    [Fact]
    public void Archives_are_unpacked_below_the_dataset_once()
    {
        Picture("zip/set/person/a.png", 8, 8);
        Picture("zip/set/none/b.png", 9, 8);
        ZipFile.CreateFromDirectory(_folder["zip"], _folder["pictures.zip"]);
        TarFile.CreateFromDirectory(_folder["zip"], _folder["pictures2.tar"], includeBaseDirectory: false);

        var report = Import(_folder["pictures.zip"], _folder["pictures2.tar"]);

        Assert.Equal([2, 2], report.Sources.Select(source => source.Described));
        Assert.Equal("unpacked/pictures/set/none/b.png,0,,,pictures,,,,,", Lines("dataset.csv")[1]);
        var time = File.GetLastWriteTimeUtc(_folder["out/unpacked/pictures/set/none/b.png"]);
        Import(options => options with { Replace = true }, _folder["pictures.zip"], _folder["pictures2.tar"]);
        Assert.Equal(time, File.GetLastWriteTimeUtc(_folder["out/unpacked/pictures/set/none/b.png"]));
    }

    [Theory]
    [InlineData("../evil.png", false, "entry: '../evil.png' leads out of the folder of pictures")]
    [InlineData("a/../../evil.png", false, "leads out of the folder of pictures")]
    [InlineData("a\\..\\..\\evil.png", false, "leads out of the folder of pictures")]
    [InlineData("/tmp/evil.png", false, "is an absolute path")]
    [InlineData("link.png", true, "entry: 'link.png' is a link")]
    public void An_archive_that_leads_out_is_refused_before_it_is_unpacked(string entry, bool link, string expected)
    {
        using (var zip = ZipFile.Open(_folder["bad.zip"], ZipArchiveMode.Create))
        {
            using (var writer = new StreamWriter(zip.CreateEntry("person/ok.png").Open()))
            {
                writer.Write("x");
            }

            var bad = zip.CreateEntry(entry);
            bad.ExternalAttributes = link ? unchecked((int)0xA1FF0000) : 0;
            using var content = new StreamWriter(bad.Open());
            content.Write("/etc/passwd");
        }

        using (var tar = new TarWriter(File.Create(_folder["bad.tar"])))
        {
            var bad = new PaxTarEntry(link ? TarEntryType.SymbolicLink : TarEntryType.RegularFile, entry);
            if (link)
            {
                bad.LinkName = "/etc/passwd";
            }

            tar.WriteEntry(bad);
        }

        foreach (var archive in new[] { "bad.zip", "bad.tar" })
        {
            var before = _folder.Entries();
            Assert.Contains(expected, Assert.Throws<DatasetException>(() => Import(_folder[archive])).Message);
            Assert.Equal(before, _folder.Entries());
        }
    }

    [Fact]
    public void A_damaged_archive_is_refused()
    {
        _folder.Write("bad.zip", "PK nothing of the kind");
        Assert.Contains("cannot be unpacked: ", Assert.Throws<DatasetException>(() => Import(_folder["bad.zip"])).Message);
    }

    [SkippableFact]
    public void Links_are_refused()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        Picture("elsewhere/a.png", 100, 50);
        Picture("set/none/b.png", 8, 8);
        Directory.CreateDirectory(_folder["set/person"]);
        File.CreateSymbolicLink(_folder["set/person/a.png"], _folder["elsewhere/a.png"]);
        Assert.Contains(
            "'person/a.png' is a link; put the file itself there",
            Assert.Throws<DatasetException>(() => Import(_folder["set"])).Message
        );

        Pictures("a.png", "sub/b.png", "c.png");
        Directory.Move(_folder["in/sub"], _folder["moved"]);
        Directory.CreateSymbolicLink(_folder["in/sub"], _folder["moved"]);
        Assert.Contains(
            "line 5: 'sub' is a link; put the files themselves there",
            Assert.Throws<DatasetException>(() => Import(_folder.Write("in/instances.json", Coco))).Message
        );
    }

    [Theory]
    [InlineData("a=coco:x.json@pics", "a", "x.json", SourceFormat.Coco, "pics")]
    [InlineData("x/voc2007", "voc2007", "x/voc2007", null, null)]
    [InlineData("open-images:x/my boxes.csv", "my-boxes", "x/my boxes.csv", SourceFormat.OpenImages, null)]
    public void A_source_is_written_in_one_word(string text, string name, string path, SourceFormat? format, string? pictures) =>
        Assert.Equal(
            new ImportSource
            {
                Name = name,
                Path = path,
                Format = format,
                Pictures = pictures,
            },
            ImportSource.Parse(text)
        );

    [Fact]
    public void What_cannot_be_imported_says_so()
    {
        Assert.StartsWith(
            "'' is not a source. Write PATH, NAME=PATH, NAME=FORMAT:PATH",
            Assert.Throws<DatasetException>(() => ImportSource.Parse("")).Message
        );
        Assert.Contains("'a/b/c' is not a quota.", Assert.Throws<DatasetException>(() => SourceQuota.Parse("a/b/c")).Message);
        Assert.Contains("There is no file or folder 'no/such'.", Assert.Throws<DatasetException>(() => Import("no/such")).Message);
        Assert.Contains(
            "is neither .json, .jsonl, .csv, .xml, .yaml, .parquet nor an archive",
            Assert.Throws<DatasetException>(() => Import(_folder.Write("a.doc", "x"))).Message
        );
        Assert.Contains("Two sources are called 'a'.", Assert.Throws<DatasetException>(() => Import("a=x", "a=y")).Message);
        Assert.Contains(
            "The label rule has faults: ",
            Assert.Throws<DatasetException>(() => Import(options => options with { Rule = new LabelRule { IgnoreBelow = 1 } }, "x")).Message
        );
    }

    public void Dispose() => _folder.Dispose();

    private static AnnotatedPicture Annotated(int width, int height, PersonBox[] boxes) =>
        new()
        {
            File = "x",
            Path = "x",
            Width = width,
            Height = height,
            Persons = [.. boxes],
        };

    private static string Voc(string file, string name, int left, int top, int right, int bottom) =>
        $"<annotation><filename>{file}</filename><size><width>100</width><height>50</height></size><object><name>{name}"
        + $"</name><bndbox><xmin>{left}</xmin><ymin>{top}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object></annotation>";

    private void Yolo(string? yaml, string labels)
    {
        Picture("yolo/images/train/a.png", 100, 50);
        Picture("yolo/images/train/empty.png", 100, 50);
        _folder.Write("yolo/labels/train/a.txt", labels);
        if (yaml is not null)
        {
            _folder.Write("yolo/data.yaml", yaml);
        }
    }

    private void Pictures(params string[] names)
    {
        foreach (var name in names)
        {
            Picture($"in/{name}", 100, 50);
        }
    }

    private void Picture(string name, int width, int height) =>
        _folder.Write(name, ImageWriter.EncodePng(TestImages.Noise(width, height, name.Length)));

    private string[] Lines(string file) => File.ReadAllLines(_folder["out/" + file]);

    private ImportReport Import(params string[] sources) => Import(options => options, sources);

    private ImportReport Import(Func<ImportOptions, ImportOptions> change, params string[] sources) =>
        Importer.Import(change(new ImportOptions { Out = _folder["out"], Sources = [.. sources.Select(ImportSource.Parse)] }));

    /// <summary>Gives few bytes at a time.</summary>
    private sealed class Drip(byte[] bytes, int most) : Stream
    {
        private readonly MemoryStream _inner = new(bytes);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _inner.Position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            _inner.Read(buffer, offset, Math.Min(count, Position < 2000 ? 1 : most));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
