using Microsoft.ML;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.Packaging;
using MLNetPerson.Testing;

namespace MLNetPerson.MLNet.Tests.Pipelines;

/// <summary>Boxes as a column, from the ready detector.</summary>
public sealed class PersonBoxesTests
{
    private static readonly string Package = Repository.At("models/person-boxes");

    [Fact]
    public void A_rows_boxes_are_those_of_the_detector_and_survive_a_zip()
    {
        using var folder = new TempFolder();
        var ml = new MLContext(seed: 1);
        string[] pictures = [.. ModelPackage.OpenDetector(Package).Manifest.Goldens.Select(golden => Path.Combine(Package, golden.File))];
        var data = ml.Data.LoadFromEnumerable(pictures.Select(path => new Picture { ImagePath = path }));
        var options = new PersonBoxesOptions { MinProbability = 0.05 };

        var model = ml.Transforms.ApplyPersonBoxes(Package, options: options).Fit(data);
        ml.Model.Save(model, data.Schema, folder["boxes.zip"]);
        var rows = Read(ml, model.Transform(data));
        var again = Read(ml, ml.Model.Load(folder["boxes.zip"], out _).Transform(data));

        using var detector = PersonDetector.Load(Package, "float32", new PersonDetectorOptions { MinProbability = 0.05 });
        Assert.Equal(pictures.Length, rows.Count);
        for (var i = 0; i < pictures.Length; i++)
        {
            var expected = detector.Detect(pictures[i]).Persons;
            Assert.Equal(expected.Length, rows[i].Persons.Count());
            Assert.All(
                expected.Zip(rows[i].Persons),
                pair =>
                {
                    Assert.Equal(pair.First.Probability, pair.Second.Probability);
                    Assert.Equal(pair.First.Left, pair.Second.Left, 1e-3);
                    Assert.Equal(pair.First.Height, pair.Second.Height, 1e-3);
                }
            );
            Assert.Equal(rows[i].Boxes, again[i].Boxes);
        }

        Assert.Contains(rows, row => row.Boxes.Length > 0);
    }

    [Fact]
    public void A_classifiers_package_is_refused_before_the_first_row()
    {
        var exception = Assert.Throws<PackageException>(() => new MLContext().Transforms.ApplyPersonBoxes(Repository.At("models/person")));

        Assert.Contains("is a classifier (task 'person-classification'), a detector is needed here", exception.Message);
    }

    private static List<PersonBoxesRow> Read(MLContext ml, IDataView rows) =>
        [.. ml.Data.CreateEnumerable<PersonBoxesRow>(rows, reuseRowObject: false, ignoreMissingColumns: true)];

    private sealed class Picture
    {
        public string ImagePath { get; set; } = "";
    }
}
