using System.IO.Compression;
using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Import;
using Parquet.Schema;
using Parquet.Serialization;

namespace MLNetPerson.Training.Tests.Datasets;

/// <summary>Exports as labelling tools write them, after their documented formats, and one bad file per fault.</summary>
public sealed class ToolExportTests : IDisposable
{
    private const string LabelStudio = """
        [
          {
            "id": 7, "data": { "image": "/data/upload/2/1a2b3c4d-a.png" }, "file_upload": "1a2b3c4d-a.png", "drafts": [], "predictions": [],
            "meta": {}, "created_at": "2024-01-01T00:00:00Z", "project": 2,
            "annotations": [ {
              "id": 70, "completed_by": 1, "was_cancelled": false, "ground_truth": false, "lead_time": 4.2,
              "result": [ {
                "id": "x", "type": "rectanglelabels", "from_name": "label", "to_name": "image", "origin": "manual",
                "original_width": 100, "original_height": 50, "image_rotation": 0,
                "value": { "x": 10, "y": 20, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["Person"] }
              } ]
            } ]
          },
          {
            "id": 8, "data": { "image": "https://bucket.example/x/b.png?sig=1" },
            "annotations": [ { "id": 80, "was_cancelled": false, "result": [ {
              "type": "rectanglelabels", "original_width": 100, "original_height": 50,
              "value": { "x": 1, "y": 1, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["Car"] } } ] } ]
          },
          { "id": 9, "data": { "image": "/data/local-files/?d=sub%2Fc.png" }, "annotations": [] }
        ]
        """;

    private const string Cvat = """
        <?xml version="1.0" encoding="utf-8"?>
        <annotations>
          <version>1.1</version>
          <meta><task><labels><label><name>person</name></label><label><name>car</name></label></labels></task></meta>
          <image id="0" name="a.png" subset="Train" width="100" height="50">
            <box label="person" source="manual" occluded="0" xtl="10.0" ytl="10.0" xbr="60.0" ybr="35.0" z_order="0">
              <attribute name="sex">f</attribute>
            </box>
          </image>
          <image id="1" name="b.png" width="100" height="50">
            <polygon label="car" source="manual" occluded="0" points="1.0,1.0;40.0,1.0;40.0,30.0" z_order="0"/>
          </image>
          <image id="2" name="sub/c.png" width="100" height="50"/>
        </annotations>
        """;

    private const string FiftyOne = """
        { "samples": [
          { "filepath": "data/a.png", "tags": ["train"], "_media_type": "image",
            "metadata": { "_cls": "ImageMetadata", "width": 100, "height": 50 },
            "ground_truth": { "_cls": "Detections", "detections": [
              { "_id": { "$oid": "6" }, "_cls": "Detection", "attributes": {}, "tags": [], "label": "person", "bounding_box": [0.1, 0.2, 0.5, 0.5] } ] },
            "predictions": { "_cls": "Detections", "detections": [
              { "_cls": "Detection", "label": "car", "bounding_box": [0, 0, 1, 1], "confidence": 0.9 } ] } },
          { "filepath": "data/b.png", "tags": [], "metadata": null, "ground_truth": { "_cls": "Detections", "detections": [] } },
          { "filepath": "data/c.png", "tags": [], "metadata": null, "ground_truth": null }
        ] }
        """;

    private readonly TempFolder _folder = new();

    [Fact]
    public void Label_studio_is_read_by_tasks()
    {
        Pictures("in/a.png", "in/b.png", "in/sub/c.png");
        var report = Import(_folder.Write("in/export.json", LabelStudio));

        Assert.Equal((SourceFormat.LabelStudio, 1, 1), (report.Sources[0].Format, report.Sources[0].Persons, report.Sources[0].None));
        Assert.Contains("a.png,1,,,export,,100,50,10 10 50 25,", Lines()[1]);
        Assert.Equal(["source,file,reason", "export,sub/c.png,not annotated"], File.ReadAllLines(_folder["out/left-out.csv"]));
    }

    [Fact]
    public void Label_studios_small_json_and_choices_are_read()
    {
        Pictures("in/a.png", "in/b.png", "in/c.png");
        Import(
            _folder.Write(
                "in/min.json",
                """
                [ { "image": "/data/upload/1/0a1b2c3d-a.png", "id": 1, "annotator": 1, "annotation_id": 3, "created_at": "2024",
                    "label": [ { "x": 0, "y": 0, "width": 50, "height": 50, "rotation": 90, "rectanglelabels": ["person"], "original_width": 100, "original_height": 50 } ] },
                  { "image": "b.png", "id": 2, "choice": "no person", "annotation_id": 4 },
                  { "image": "c.png", "id": 3, "choice": "person", "annotation_id": 5 } ]
                """
            ),
            clip: true
        );

        // Turned by 90 degrees around its upper left corner, the box lies left of the picture but for its edge.
        Assert.Equal(["0", "0", "1"], Lines().Skip(1).Select(line => line.Split(',')[1]));
    }

    [Theory]
    [InlineData("\"x\": 10,", "\"x\": 70,", "task 7: box 70 10 50 25 stands outside the picture of 100 x 50")]
    [InlineData("\"x\": 10,", "\"rle\": [1],", "task 7: the shape of 'Person' is neither a rectangle, a polygon nor an ellipse")]
    [InlineData(
        "\"image\": \"/data/upload/2/1a2b3c4d-a.png\"",
        "\"text\": \"hello\"",
        "task 7: no value of 'data' is the name of a picture"
    )]
    [InlineData("\"Person\"", "\"Dog\"", "has no category that is known to be a person. Its categories: Dog, Car.")]
    [InlineData("/data/upload/2/1a2b3c4d-a.png", "../../gone.png", "task 7: '../../gone.png' leads out of the folder")]
    [InlineData("\"drafts\": [],", "\"drafts\": [,", "cannot be read as JSON: line 3, byte ")]
    public void Faulty_label_studio_says_where_and_what(string replace, string by, string expected)
    {
        Pictures("in/a.png", "in/b.png", "in/sub/c.png");
        Refused(expected, _folder.Write("in/export.json", LabelStudio.Replace(replace, by, StringComparison.Ordinal)));
    }

    [Fact]
    public void Cvat_is_read_with_subsets_and_bare_images_are_told()
    {
        Pictures("in/images/Train/a.png", "in/images/b.png", "in/images/sub/c.png");
        _folder.Write("in/annotations.xml", Cvat);

        var report = Import(_folder["in"]);

        Assert.Equal((SourceFormat.Cvat, 1, 2), (report.Sources[0].Format, report.Sources[0].Persons, report.Sources[0].None));
        Assert.Contains("a.png,1,Train,,in,,100,50,10 10 50 25,", Lines()[1]);
        Assert.Equal(["1 picture has neither a shape nor a tag and so no objects: 'sub/c.png'"], report.Sources[0].Notes.AsEnumerable());
    }

    [Theory]
    [InlineData("<box label=\"person\" xtl=\"40\" ytl=\"20\" xbr=\"60\" ybr=\"30\" rotation=\"90\"/>", "45 15 10 20")]
    [InlineData("<ellipse label=\"person\" cx=\"50\" cy=\"25\" rx=\"20\" ry=\"10\"/>", "30 15 40 20")]
    [InlineData("<ellipse label=\"person\" cx=\"50\" cy=\"25\" rx=\"20\" ry=\"10\" rotation=\"90\"/>", "40 5 20 40")]
    [InlineData("<polygon label=\"person\" points=\"10,5;40,5;40,45\"/>", "10 5 30 40")]
    [InlineData("<mask label=\"person\" rle=\"1, 2\" left=\"3\" top=\"4\" width=\"50\" height=\"20\"/>", "3 4 50 20")]
    [InlineData(
        "<skeleton label=\"person\"><points label=\"1\" points=\"10,5\"/><points label=\"2\" points=\"30,45\"/></skeleton>",
        "10 5 20 40"
    )]
    public void Cvats_shapes_become_enclosing_boxes(string shape, string box)
    {
        Pictures("in/a.png");
        _folder.Write(
            "in/annotations.xml",
            $"<annotations><image name=\"a.png\" width=\"100\" height=\"50\">{shape}</image></annotations>"
        );

        Import(_folder["in"]);

        Assert.Contains($",100,50,{box},", Lines()[1]);
    }

    [Theory]
    [InlineData("xtl=\"10.0\"", "xtl=\"ten\"", "annotations.xml, line 6: 'box' has no numbers for a box: label=person")]
    [InlineData("xbr=\"60.0\"", "xbr=\"160.0\"", "annotations.xml, line 6: box 10 10 150 25 stands outside the picture of 100 x 50")]
    [InlineData("width=\"100\" height=\"50\"/>", "width=\"0\"/>", "annotations.xml, line 13: 'image' has no 'width' and 'height' above 0")]
    [InlineData("name=\"b.png\"", "name=\"/etc/b.png\"", "annotations.xml, line 10: '/etc/b.png' is an absolute path")]
    [InlineData("<version>1.1</version>", "<track id=\"0\"/>", "is 'CVAT for video', which names no pictures.")]
    [InlineData("</annotations>", "", "not XML: ")]
    [InlineData("<annotations>", "<!DOCTYPE a><annotations>", "a document type definition (<!DOCTYPE …>) is not read")]
    public void Faulty_cvat_says_where_and_what(string replace, string by, string expected)
    {
        Pictures("in/images/a.png", "in/images/b.png", "in/images/sub/c.png");
        _folder.Write("in/annotations.xml", Cvat.Replace(replace, by, StringComparison.Ordinal));
        Refused(expected, _folder["in"]);
    }

    [Fact]
    public void Supervisely_is_read_by_datasets()
    {
        Supervisely(
            """{ "classTitle": "person", "geometryType": "rectangle", "points": { "exterior": [[10, 10], [59, 34]], "interior": [] } }"""
        );
        Pictures("in/train/img/extra.png");

        var report = Import(_folder["in"]);

        Assert.Equal((SourceFormat.Supervisely, 1, 1), (report.Sources[0].Format, report.Sources[0].Persons, report.Sources[0].None));
        Assert.Contains("a.png,1,train,,in,,100,50,10 10 50 25,", Lines()[1]);
        Assert.Contains("1 picture in '", report.Sources[0].Notes.Single());
        Assert.Contains("'train/img/extra.png'", report.Sources[0].Notes.Single());
    }

    [Fact]
    public void A_bitmap_of_supervisely_has_the_size_of_its_picture()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(ImageWriter.EncodePng(TestImages.Noise(30, 20, 1)));
        }

        Supervisely(
            $$"""{ "classTitle": "person", "geometryType": "bitmap", "bitmap": { "data": "{{Convert.ToBase64String(packed.ToArray())}}", "origin": [5, 6] } }"""
        );

        Import(_folder["in"]);

        Assert.Contains(",100,50,5 6 30 20,", Lines()[1]);
    }

    [Theory]
    [InlineData("""{ "geometryType": "rectangle" }""", "train/ann/a.png.json: an object has no 'classTitle'")]
    [InlineData("""{ "classTitle": "person", "geometryType": "polygon" }""", "an object of class 'person' has no points or bitmap")]
    [InlineData(
        """{ "classTitle": "person", "bitmap": { "data": "AAAA", "origin": [1, 1] } }""",
        "an object of class 'person' has no points or bitmap"
    )]
    [InlineData(
        """{ "classTitle": "person", "geometryType": "line", "points": { "exterior": [[10, 10], [190, 34]] } }""",
        "box 10 10 180 24 stands outside the picture of 100 x 50"
    )]
    [InlineData("""{ ]""", "a.png.json' cannot be read as JSON: line 1, byte ")]
    public void Faulty_supervisely_says_where_and_what(string entry, string expected)
    {
        Supervisely(entry);
        Refused(expected, _folder["in"]);
    }

    [Fact]
    public void Fifty_ones_samples_take_the_truth_and_not_the_predictions()
    {
        Pictures("in/data/a.png", "in/data/b.png", "in/data/c.png");
        _folder.Write("in/samples.json", FiftyOne);
        _folder.Write("in/metadata.json", "{}");

        var report = Import(_folder["in"]);

        Assert.Equal((SourceFormat.FiftyOne, 1, 1), (report.Sources[0].Format, report.Sources[0].Persons, report.Sources[0].None));
        Assert.Contains("a.png,1,train,,in,,100,50,10 10 50 25,", Lines()[1]);
        Assert.Equal(["labels are of the field 'ground_truth'; not used: predictions"], report.Sources[0].Notes.AsEnumerable());
        Assert.Equal("in,data/c.png,not annotated", File.ReadAllLines(_folder["out/left-out.csv"])[1]);
    }

    [Fact]
    public void Fifty_ones_labels_name_classes_by_number_or_word()
    {
        Pictures("in/data/a.png", "in/data/b.png");
        _folder.Write(
            "in/labels.json",
            """{ "classes": ["car", "person"], "labels": { "a": [ { "label": 1, "bounding_box": [0.1, 0.2, 0.5, 0.5] } ], "b": [ { "label": "car", "bounding_box": [0, 0, 1, 1] } ] } }"""
        );

        Assert.Equal((1, 1), Counts(Import(_folder["in"])));
    }

    [Fact]
    public void Fifty_ones_classifications_are_labels()
    {
        Pictures("in/data/a.png", "in/data/b.png");
        _folder.Write("in/labels.json", """{ "classes": ["none", "person"], "labels": { "a": 1, "b": { "label": "none" } } }""");

        Assert.Equal((1, 1), Counts(Import(_folder["in"])));
    }

    [Theory]
    [InlineData("[0.1, 0.2, 0.5, 0.5]", "[0.1, 0.2]", "sample 1: an object 'person' has no 'bounding_box' of 4 numbers")]
    [InlineData("[0.1, 0.2, 0.5, 0.5]", "[0.9, 0.2, 0.5, 0.5]", "sample 1: box 90 10 50 25 stands outside the picture of 100 x 50")]
    [InlineData("\"confidence\": 0.9", "\"x\": 1", null)]
    [InlineData("\"ground_truth\"", "\"mine\"", null)]
    [InlineData("data/b.png", "../b.png", "sample 2: '../b.png' leads out of the folder")]
    [InlineData("\"samples\"", "\"sample\"", "is not FiftyOne's: it has neither a list 'samples' nor an object 'labels'.")]
    [InlineData("\"label\": \"person\"", "\"label\": \"dog\"", "has no category that is known to be a person. Its categories: dog.")]
    public void Faulty_fifty_one_says_where_and_what(string replace, string by, string? expected)
    {
        Pictures("in/data/a.png", "in/data/b.png", "in/data/c.png");
        _folder.Write("in/samples.json", FiftyOne.Replace(replace, by, StringComparison.Ordinal));
        if (expected is null)
        {
            Assert.Equal((1, 1), Counts(Import(_folder["in"])));
        }
        else
        {
            Refused(expected, _folder["in"]);
        }
    }

    [Theory]
    [InlineData("metadata.csv", "file_name,label\na.png,person\nb.png,none\n")]
    [InlineData("metadata.csv", "file_name,label\na.png,1\nb.png,0\n")]
    [InlineData("metadata.jsonl", "{\"file_name\": \"a.png\", \"label\": 1}\n\n{\"file_name\": \"b.png\", \"label\": 0}\n")]
    [InlineData(
        "metadata.jsonl",
        "{\"file_name\": \"a.png\", \"objects\": {\"bbox\": [[10, 10, 50, 25]], \"categories\": [\"person\"]}}\n{\"file_name\": \"b.png\", "
            + "\"objects\": {\"bbox\": [], \"categories\": []}}\n"
    )]
    [InlineData(
        "metadata.jsonl",
        "{\"file_name\": \"a.png\", \"objects\": [{\"bbox\": [10, 10, 50, 25], \"category\": \"person\"}]}\n{\"file_name\": \"b.png\", "
            + "\"objects\": []}\n"
    )]
    public void Image_folders_are_read_with_their_splits(string name, string text)
    {
        Pictures("in/train/a.png", "in/train/b.png");
        _folder.Write("in/train/" + name, text);

        var report = Import(_folder["in"]);

        Assert.Equal((SourceFormat.ImageFolder, (1, 1)), (report.Sources[0].Format, Counts(report)));
        Assert.All(Lines().Skip(1), line => Assert.Equal("train", line.Split(',')[2]));
    }

    [Theory]
    [InlineData("metadata.csv", "file_name,label\n,1\n", "line 2: 'file_name' is empty")]
    [InlineData("metadata.csv", "file_name,text\na.png,hello\n", "has neither a column 'label' nor a column 'objects'.")]
    [InlineData("metadata.csv", "file_name,label\n../a.png,1\n", "line 2: '../a.png' leads out of the folder")]
    [InlineData("metadata.csv", "file_name,label,label\na.png,1,0\n", "has 2 columns named 'label'")]
    [InlineData("metadata.jsonl", "{\"label\": 1}\n", "line 1: 'file_name' is missing")]
    [InlineData("metadata.jsonl", "{\"file_name\": \"a.png\", \"label\": 1}\n{\n", "cannot be read as JSON: line 2, byte ")]
    [InlineData(
        "metadata.jsonl",
        "{\"file_name\": \"a.png\", \"objects\": {\"bbox\": [[1, 1, 5, 5]], \"categories\": []}}\n",
        "line 1: 'objects' has 1 boxes (bbox) and 0 categories"
    )]
    [InlineData(
        "metadata.jsonl",
        "{\"file_name\": \"a.png\", \"objects\": [{\"bbox\": [1, 1], \"category\": \"person\"}]}\n",
        "line 1: an object has no 'bbox' of 4 numbers or no category"
    )]
    public void Faulty_image_folders_say_where_and_what(string name, string text, string expected)
    {
        Pictures("in/a.png");
        _folder.Write("in/" + name, text);
        Refused(expected, _folder["in"]);
    }

    [Fact]
    public async Task Parquet_holds_the_pictures_themselves()
    {
        await ParquetAsync(
            "in/data/train-00000-of-00001.parquet",
            "{\"info\": {\"features\": {\"label\": {\"names\": [\"none\", \"person\"], \"_type\": \"ClassLabel\"}}}}",
            1,
            0
        );

        var report = Import(_folder["in"]);

        Assert.Equal((SourceFormat.Parquet, (1, 1)), (report.Sources[0].Format, Counts(report)));
        Assert.Contains("unpacked/in-pictures/train-00000-of-00001/one.png,1,train,", Lines()[1]);
        Assert.Contains("/000002.png,0,train,", Lines()[2]);
    }

    [Fact]
    public void A_damaged_parquet_file_is_named() =>
        Refused("a.parquet' cannot be read as Parquet: ", _folder.Write("in/a.parquet", "PAR1 nothing of the kind PAR1"));

    [Fact]
    public async Task Parquet_without_pictures_lists_its_columns()
    {
        var schema = new ParquetSchema(new DataField<string>("text"), new DataField<long>("label"));
        Directory.CreateDirectory(_folder["in"]);
        await using (var stream = File.Create(_folder["in/a.parquet"]))
        {
            await ParquetSerializer.SerializeUntypedAsync(
                [new Dictionary<string, object?> { ["text"] = "x", ["label"] = 1L }],
                schema,
                stream
            );
        }

        Refused("has no column of pictures (image with bytes or a path). Its columns: text, label.", _folder["in/a.parquet"]);
    }

    [Fact]
    public void Ids_of_coco_may_be_words()
    {
        Pictures("in/a.png", "in/b.png");
        const string Text = """
            { "images": [ { "id": "one", "file_name": "a.png", "width": 100, "height": 50 }, { "id": "2", "file_name": "b.png", "width": 100, "height": 50 } ],
              "annotations": [ { "id": "x", "image_id": "one", "category_id": "p", "bbox": [0, 0, 50, 25] },
                { "id": "y", "image_id": 2, "category_id": "c", "bbox": [0, 0, 50, 25] } ],
              "categories": [ { "id": "p", "name": "person" }, { "id": "c", "name": "car" } ] }
            """;

        Assert.Equal((1, 1), Counts(Import(_folder.Write("in/x.json", Text))));
        Refused(
            "annotation x: image three is not in 'images'",
            _folder.Write("in/y.json", Text.Replace("\"image_id\": \"one\"", "\"image_id\": \"three\"", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Pictures_without_annotation_are_told_by_every_format()
    {
        Pictures("in/a.png", "in/b.png", "in/more/c.png");
        _folder.Write("in/IMG.CR2", "x");
        var report = Import(
            _folder.Write(
                "in/x.json",
                """{ "images": [ { "id": 1, "file_name": "a.png", "width": 100, "height": 50 }, { "id": 2, "file_name": "b.png", "width": 100, "height": 50 } ], "annotations": [ { "id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 50, 25] } ], "categories": [ { "id": 1, "name": "person" } ] }"""
            )
        );

        Assert.Equal(
            [
                "1 picture has no annotation and so no objects, which is COCO's custom: 'b.png'",
                $"1 picture in '{_folder["in"]}' without an annotation, not taken: 'more/c.png'",
                $"passed over 1: {PassedOverReasons.UnreadFormat}: 'IMG.CR2'",
            ],
            report.Sources[0].Notes.AsEnumerable()
        );
    }

    [Fact]
    public void Voc_lies_beside_its_pictures_in_roboflows_export()
    {
        Pictures("in/train/a.png", "in/train/b.png");
        _folder.Write(
            "in/train/a.xml",
            "<annotation><filename>a.png</filename><size><width>0</width><height>0</height></size><object><name>person</name><bndbox>"
                + "<xmin>1</xmin><ymin>1</ymin><xmax>50</xmax><ymax>25</ymax></bndbox></object></annotation>"
        );

        var report = Import(_folder["in"]);

        Assert.Equal((SourceFormat.Voc, (1, 0)), (report.Sources[0].Format, Counts(report)));
        Assert.Contains("'train/b.png'", report.Sources[0].Notes.Single());
    }

    [Fact]
    public void Wider_persons_counts_must_agree()
    {
        Pictures("in/Images/a.png");
        _folder.Write("in/Annotations/a.png.txt", "3\n1 0 0 50 25\n");
        Refused("a.png.txt, line 1: '3' is not the count of the 1 boxes that follow", _folder["in"]);
    }

    public void Dispose() => _folder.Dispose();

    private static (int Persons, int None) Counts(ImportReport report) => (report.Sources[0].Persons, report.Sources[0].None);

    private void Pictures(params string[] names)
    {
        foreach (var name in names)
        {
            _folder.Write(name, ImageWriter.EncodePng(TestImages.Noise(100, 50, name.Length)));
        }
    }

    private void Supervisely(string entry)
    {
        Pictures("in/train/img/a.png", "in/train/img/b.png");
        _folder.Write(
            "in/meta.json",
            """{ "classes": [ { "title": "person", "shape": "any", "color": "#0" }, { "title": "car", "shape": "any" } ], "tags": [] }"""
        );
        _folder.Write(
            "in/train/ann/a.png.json",
            $$"""{ "description": "", "tags": [], "size": { "height": 50, "width": 100 }, "objects": [ {{entry}} ] }"""
        );
        _folder.Write(
            "in/train/ann/b.png.json",
            """{ "description": "", "tags": [], "size": { "height": 50, "width": 100 }, "objects": [] }"""
        );
    }

    private async Task ParquetAsync(string file, string metadata, params long[] labels)
    {
        var schema = new ParquetSchema(
            new StructField(
                "image",
                new DataField("bytes", typeof(byte[]), isNullable: true),
                new DataField("path", typeof(string), isNullable: true)
            ),
            new DataField<long>("label")
        );
        List<IDictionary<string, object?>> rows =
        [
            .. labels.Select(
                (label, i) =>
                    new Dictionary<string, object?>
                    {
                        ["image"] = new Dictionary<string, object?>
                        {
                            ["bytes"] = new ReadOnlyMemory<byte>(ImageWriter.EncodePng(TestImages.Noise(20, 10, i))),
                            ["path"] = i == 0 ? "one.png" : null,
                        },
                        ["label"] = label,
                    }
            ),
        ];
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
        await using var stream = File.Create(_folder[file]);
        await ParquetSerializer.SerializeUntypedAsync(
            rows,
            schema,
            stream,
            null,
            new Dictionary<string, string> { ["huggingface"] = metadata }
        );
    }

    private string[] Lines() => File.ReadAllLines(_folder["out/dataset.csv"]);

    private void Refused(string expected, string source) =>
        Assert.Contains(expected, Assert.Throws<DatasetException>(() => Import(source)).Message);

    private ImportReport Import(string source, bool clip = false) =>
        Importer.Import(
            new ImportOptions
            {
                Out = _folder["out"],
                Sources = [ImportSource.Parse(source)],
                ClipBoxes = clip,
                Replace = true,
            }
        );
}
