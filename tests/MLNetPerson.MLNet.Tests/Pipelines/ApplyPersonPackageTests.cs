using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.MLNet.Pictures;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;

namespace MLNetPerson.MLNet.Tests.Pipelines;

public sealed class ApplyPersonPackageTests : IDisposable
{
    private readonly PicturesWorld _world = PicturesWorld.Of(24);

    public ApplyPersonPackageTests() => _world.World.Retrain();

    private MLContext Ml => _world.Ml;

    private string Package => _world.World.PackagePath;

    [Fact]
    public void It_keeps_the_contract_of_estimators() =>
        EstimatorContract.Check(
            Ml,
            Ml.Transforms.ApplyPersonPackage(Package),
            _world.Data,
            Ml.Data.LoadFromEnumerable([new { ImagePath = 3f }])
        );

    [Fact]
    public void It_says_what_the_classifier_says()
    {
        using var classifier = PersonClassifier.Load(Package);
        var scored = Ml.Transforms.ApplyPersonPackage(Package).Fit(_world.Data).Transform(_world.Data);

        foreach (
            var (sample, score) in _world.World.Dataset.Samples.Zip(Ml.Data.CreateEnumerable<PersonScore>(scored, reuseRowObject: false))
        )
        {
            var person = classifier.Predict(sample.Path);
            Assert.Equal((person.Probability, person.IsPerson), (score.Probability, score.PredictedLabel));
            Assert.Equal(Math.Log(score.Probability / (1.0 - score.Probability)), score.Score, 1e-4);
            Assert.Equal(person.ToString(), score.ToString());
        }
    }

    [Fact]
    public void Evaluate_takes_it()
    {
        var metrics = Ml.BinaryClassification.Evaluate(Ml.Transforms.ApplyPersonPackage(Package).Fit(_world.Data).Transform(_world.Data));

        Assert.InRange(metrics.AreaUnderRocCurve, 0.7, 1);
        Assert.InRange(metrics.LogLoss, 0, 1);
    }

    [Fact]
    public void It_stands_inside_a_chain_and_a_saved_zip_needs_no_package()
    {
        var model = Ml
            .Transforms.CopyColumns("Photo", "ImagePath")
            .Append(Ml.Transforms.ApplyPersonPackage(Package, "Photo"))
            .Append(Ml.Transforms.Expression("Doubt", "p => 1 - abs(2 * p - 1)", "Probability"))
            .Fit(_world.Data);
        var before = model.Transform(_world.Data).Values<float>("Doubt");
        var file = _world.World["chain.zip"];
        Ml.Model.Save(model, _world.Data.Schema, file);
        Directory.Delete(Package, recursive: true);

        Assert.Equal(before, new MLContext().Model.Load(file, out _).Transform(_world.Data).Values<float>("Doubt"));
    }

    [Fact]
    public void Pictures_may_come_as_bytes()
    {
        var data = Ml.Data.LoadFromEnumerable(
            _world.World.Dataset.Samples.Select(sample => new Encoded { Picture = File.ReadAllBytes(sample.Path) }).ToArray()
        );

        Assert.Equal(
            Ml.Transforms.ApplyPersonPackage(Package).Fit(_world.Data).Transform(_world.Data).Values<float>("Probability"),
            Ml.Transforms.ApplyPersonPackage(Package, "Picture").Fit(data).Transform(data).Values<float>("Probability")
        );
    }

    [Fact]
    public void Bad_pictures_are_dropped_where_asked()
    {
        var data = Ml.Data.LoadFromEnumerable([
            new PictureRow { ImagePath = "gone.png" },
            new PictureRow { ImagePath = _world.World.Dataset.Samples[0].Path },
        ]);
        List<DroppedImage> dropped = [];

        var scored = Ml
            .Transforms.ApplyPersonPackage(Package, options: new ApplyPackageOptions { OnBadImage = BadImages.Drop, Dropped = dropped.Add })
            .Fit(data)
            .Transform(data);

        Assert.Single(scored.Values<float>("Probability"));
        Assert.Equal("gone.png", Assert.Single(dropped).Name);
    }

    [Fact]
    public void A_package_that_changed_is_refused()
    {
        File.AppendAllText(Path.Combine(Package, "card.md"), "!");

        Assert.Contains("'card.md' has", Assert.Throws<PackageException>(() => Ml.Transforms.ApplyPersonPackage(Package)).Message);
    }

    public void Dispose() => _world.Dispose();

    private sealed class Encoded
    {
        public byte[] Picture { get; set; } = [];
    }
}
