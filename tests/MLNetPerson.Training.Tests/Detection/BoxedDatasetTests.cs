using System.Collections.Immutable;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Tests.Detection;

/// <summary>Boxes as they stand in a CSV, and one faulty dataset for each fault.</summary>
public sealed class BoxedDatasetTests
{
    [Fact]
    public void A_picture_without_persons_has_no_boxes_and_one_whose_person_nobody_boxed_is_left_out()
    {
        var boxes = BoxedDataset.Of(Of(("a.jpg", true, "10 20 30 40"), ("b.jpg", false, ""), ("c.jpg", true, "")));

        Assert.Equal(["a.jpg", "b.jpg"], boxes.Pictures.Select(picture => picture.Sample.File));
        Assert.Equal(new TruthBox(10, 20, 30, 40), Assert.Single(boxes.Pictures[0].Truth));
        Assert.Empty(boxes.Pictures[1].Truth);
        Assert.Equal("c.jpg", Assert.Single(boxes.LeftOut).File);
    }

    [Fact]
    public void Crowds_and_difficult_persons_are_ignored_whether_they_are_persons_too_or_not()
    {
        var sample = Sample("a.jpg", true, "10 20 30 40;50 20 30 40");
        var boxes = BoxedDataset.Of(
            new Dataset(
                "set",
                [
                    sample with
                    {
                        Attributes = sample
                            .Attributes.SetItem(CanonicalCsv.CrowdBoxes, "10 20 30 40;0 0 100 10")
                            .SetItem(CanonicalCsv.DifficultBoxes, "80 80 10 10"),
                    },
                ]
            )
        );

        Assert.Equal([BoxRole.Person, BoxRole.Difficult, BoxRole.Crowd, BoxRole.Crowd], boxes.Pictures[0].Truth.Select(box => box.Role));
        Assert.Equal(1, boxes.Persons);
    }

    [Fact]
    public void A_dataset_without_the_columns_has_no_boxes()
    {
        var exception = Assert.Throws<DatasetException>(() =>
            BoxedDataset.Of(
                new Dataset("set", [Sample("a.jpg", true, "") with { Attributes = ImmutableSortedDictionary<string, string>.Empty }])
            )
        );

        Assert.Equal(
            "Dataset 'set' has no boxes: it has no column person_boxes and no column width and no column height. Boxes stand in a CSV as "
                + "person_boxes, 'x y w h;x y w h' in pixels of a picture of width and height; 'curate import' writes them from COCO, "
                + "VOC and "
                + "others.",
            exception.Message
        );
    }

    [Fact]
    public void A_dataset_in_which_every_cell_is_empty_has_no_boxes()
    {
        var exception = Assert.Throws<DatasetException>(() => BoxedDataset.Of(Of(("a.jpg", true, ""), ("b.jpg", false, ""))));

        Assert.Equal(
            "Dataset 'set' has no boxes: none of its 2 pictures has a box in the column person_boxes. Annotate persons, or name a "
                + "dataset that "
                + "has boxes.",
            exception.Message
        );
    }

    [Theory]
    [InlineData("90 20 30 40", "box 90 20 30 40 stands outside the picture of 100 x 100")]
    [InlineData("-9 20 30 40", "box -9 20 30 40 stands outside the picture of 100 x 100")]
    [InlineData("NaN 20 30 40", "the box has coordinates that are not numbers")]
    [InlineData("10 20 Infinity 40", "the box has coordinates that are not numbers")]
    [InlineData("10 20 0 40", "box 10 20 0 40 has no area")]
    [InlineData("10 20 30", "'10 20 30' is not a box; 'x y w h' in pixels is expected")]
    [InlineData("10 20 30 x", "'10 20 30 x' is not a box; 'x y w h' in pixels is expected")]
    public void A_faulty_box_is_told_with_its_picture(string cell, string fault)
    {
        var exception = Assert.Throws<DatasetException>(() => BoxedDataset.Of(Of(("a.jpg", true, cell))));

        Assert.Equal(
            $"Dataset 'set' has 1 picture with faulty boxes: 'a.jpg': {fault}. Correct them, or cut boxes off at the edges with --clip.",
            exception.Message
        );
    }

    [Fact]
    public void A_picture_without_a_size_is_told()
    {
        var exception = Assert.Throws<DatasetException>(() =>
            BoxedDataset.Of(
                new Dataset(
                    "set",
                    [
                        Sample("a.jpg", true, "10 20 30 40") with
                        {
                            Attributes = Sample("a.jpg", true, "10 20 30 40").Attributes.SetItem("width", "wide"),
                        },
                    ]
                )
            )
        );

        Assert.Contains("'a.jpg': width 'wide' and height '100' are not a picture's size", exception.Message);
    }

    [Fact]
    public void Boxes_that_stand_over_the_edge_are_cut_off_where_that_is_asked_for_and_NaN_is_refused_all_the_same()
    {
        var boxes = BoxedDataset.Of(Of(("a.jpg", true, "90 20 30 40")), clip: true);

        Assert.Equal(new TruthBox(90, 20, 10, 40), Assert.Single(boxes.Pictures[0].Truth));
        Assert.Throws<DatasetException>(() => BoxedDataset.Of(Of(("a.jpg", true, "NaN 20 30 40")), clip: true));
    }

    private static Dataset Of(params (string File, bool IsPerson, string Boxes)[] samples) =>
        new("set", [.. samples.Select(sample => Sample(sample.File, sample.IsPerson, sample.Boxes))]);

    private static Sample Sample(string file, bool isPerson, string boxes) =>
        new()
        {
            File = file,
            Path = $"/nowhere/{file}",
            IsPerson = isPerson,
            Attributes = ImmutableSortedDictionary<string, string>
                .Empty.Add("person_boxes", boxes)
                .Add("width", "100")
                .Add("height", "100"),
        };
}
