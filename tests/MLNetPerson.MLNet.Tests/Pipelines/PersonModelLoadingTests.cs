using Microsoft.ML;
using MLNetPerson.MLNet.Pictures;
using MLNetPerson.MLNet.Pipelines;

namespace MLNetPerson.MLNet.Tests.Pipelines;

public sealed class PersonModelLoadingTests(PicturesWorld world) : IClassFixture<PicturesWorld>
{
    [Fact]
    public void Our_own_steps_are_back_in_place_and_say_the_same()
    {
        var model = world.Ml.PersonPipeline(world.Options).Fit(world.Data);

        var loaded = new MLContext().LoadPersonModel(Save(model), out var schema);

        Assert.Equal(["ImagePath", "Label"], schema.Select(column => column.Name));
        var steps = LinearHeadReader.Steps(loaded).ToList();
        Assert.Equal("ImagePath → Image: 32 x 32 squash", Assert.IsType<PersonImageLoadingTransformer>(steps[0]).ToString());
        Assert.Equal("Image → Features: tiny, 40 features", Assert.IsType<PersonFeatureExtractingTransformer>(steps[1]).ToString());
        Assert.Equal(Probabilities(model), Probabilities(loaded));
        Assert.Equal(Probabilities(model), Probabilities(new MLContext().LoadPersonModel(Save(loaded), out _)));
    }

    [Fact]
    public void Bad_rows_are_dropped_where_asked()
    {
        List<DroppedImage> dropped = [];
        var data = world.Ml.Data.LoadFromEnumerable([
            new PictureRow { ImagePath = "gone.png" },
            new PictureRow { ImagePath = world.World.Dataset.Samples[0].Path },
        ]);
        var loaded = world.Ml.LoadPersonModel(
            Save(world.Ml.PersonPipeline(world.Options).Fit(world.Data)),
            out _,
            new PersonModelOptions { OnBadImage = BadImages.Drop, Dropped = dropped.Add }
        );

        Assert.Single(loaded.Transform(data).Values<float>("Probability"));
        Assert.Equal("gone.png", Assert.Single(dropped).Name);
    }

    [Fact]
    public void A_classic_chain_and_an_applied_package_load_as_well()
    {
        world.World.Retrain();
        var classic = world.Ml.PersonPipeline(world.Options with { Chain = PersonChain.Classic }).Fit(world.Data);
        var package = world.Ml.Transforms.ApplyPersonPackage(world.World.PackagePath).Fit(world.Data);

        Assert.Equal(Probabilities(classic), Probabilities(world.Ml.LoadPersonModel(Save(classic), out _)));
        Assert.Equal(Probabilities(package), Probabilities(world.Ml.LoadPersonModel(Save(package), out _)));
    }

    private float[] Probabilities(ITransformer model) => model.Transform(world.Data).Values<float>("Probability");

    private string Save(ITransformer model)
    {
        var file = world.World[$"{Guid.NewGuid():N}.zip"];
        world.Ml.Model.Save(model, world.Data.Schema, file);
        return file;
    }
}
