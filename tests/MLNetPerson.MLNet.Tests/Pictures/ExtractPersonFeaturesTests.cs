using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Pictures;
using MLNetPerson.Training.Features;

namespace MLNetPerson.MLNet.Tests.Pictures;

public sealed class ExtractPersonFeaturesTests : IDisposable
{
    private readonly PicturesWorld _world = PicturesWorld.Of(14);

    [Fact]
    public void It_keeps_the_contract_of_estimators_behind_LoadPersonImages() =>
        EstimatorContract.Check(_world.Ml, Chain(), _world.Data, _world.Ml.Data.LoadFromEnumerable([new { ImagePath = 3f }]));

    [Fact]
    public void It_keeps_the_contract_of_estimators_alone()
    {
        var pixels = _world.LoadImages().Fit(_world.Data).Transform(_world.Data);
        var cached = _world.Ml.Data.Cache(pixels);

        EstimatorContract.Check(
            _world.Ml,
            _world.Ml.Transforms.ExtractPersonFeatures("Features", _world.Network, "Image"),
            cached,
            _world.Data
        );
    }

    [Theory, InlineData(1, 1), InlineData(1, 3), InlineData(4, 2), InlineData(64, 2)]
    public void Features_are_those_of_retrain_to_the_bit(int batch, int parallelism)
    {
        var table = new FeatureExtractor(_world.Network, _world.World.FeatureOptions).Extract(_world.World.Dataset.Samples).Table;

        var features = Chain(new PersonFeatureOptions { BatchSize = batch, Parallelism = parallelism })
            .Fit(_world.Data)
            .Transform(_world.Data)
            .Vectors<float>("Features");

        Assert.Equal(table.Rows, features.Length);
        for (var i = 0; i < features.Length; i++)
        {
            Assert.Equal(table.Row(i).ToArray(), features[i]);
        }
    }

    [Fact]
    public void Pixels_and_features_can_be_read_together()
    {
        var result = Chain().Fit(_world.Data).Transform(_world.Data);
        using var cursor = result.GetRowCursor(result.Schema);
        var (pixels, features) = (
            cursor.GetGetter<VBuffer<byte>>(result.Schema["Image"]),
            cursor.GetGetter<VBuffer<float>>(result.Schema["Features"])
        );
        var (allPixels, allFeatures) = (result.Vectors<byte>("Image"), result.Vectors<float>("Features"));
        for (var row = 0; cursor.MoveNext(); row++)
        {
            VBuffer<byte> image = default;
            VBuffer<float> values = default;
            pixels(ref image);
            features(ref values);
            Assert.Equal(allPixels[row], image.DenseValues());
            Assert.Equal(allFeatures[row], values.DenseValues());
        }
    }

    [Fact]
    public void Dropped_rows_leave_labels_beside_their_own_features()
    {
        var good = _world.World.Dataset.Samples;
        List<PictureRow> rows = [.. good.Select(sample => new PictureRow { ImagePath = sample.Path, Label = sample.IsPerson })];
        rows.Insert(0, new PictureRow { ImagePath = "nowhere.png", Label = true });
        rows.Insert(5, new PictureRow { ImagePath = "nowhere.png", Label = true });
        var data = _world.Ml.Data.LoadFromEnumerable(rows);
        var whole = Chain().Fit(_world.Data).Transform(_world.Data).Vectors<float>("Features");

        var result = Chain(images: new PersonImageOptions { Input = PicturesWorld.Input, OnBadImage = BadImages.Drop })
            .Fit(data)
            .Transform(data);

        Assert.Equal(good.Select(sample => sample.IsPerson), result.Values<bool>("Label"));
        Assert.Equal(whole, result.Vectors<float>("Features"));
    }

    [Fact]
    public void Pixels_of_another_size_are_refused_by_name()
    {
        var chain = Chain(images: new PersonImageOptions { Input = new ImageSpec(16, 16) });

        Assert.Contains(
            "network 'tiny' reads 32 x 32 x 3 bytes. Give LoadPersonImages the network's own input.",
            Assert.Throws<InvalidOperationException>(() => chain.Fit(_world.Data)).Message
        );
    }

    [Fact]
    public void A_batch_out_of_range_is_named() =>
        Assert.StartsWith(
            "BatchSize is 0, outside 1 to 256",
            Assert.Throws<ArgumentException>(() => Chain(new PersonFeatureOptions { BatchSize = 0 })).Message
        );

    [Fact]
    public void Steps_say_what_they_do() =>
        Assert.Equal(
            ("ImagePath → Image: 32 x 32 squash", "Image → Features: tiny, 40 features"),
            (_world.LoadImages().ToString(), _world.Ml.Transforms.ExtractPersonFeatures("Features", _world.Network, "Image").ToString())
        );

    public void Dispose() => _world.Dispose();

    private EstimatorChain<PersonFeatureExtractingTransformer> Chain(
        PersonFeatureOptions? options = null,
        PersonImageOptions? images = null
    ) => _world.LoadImages(images).Append(_world.Ml.Transforms.ExtractPersonFeatures("Features", _world.Network, "Image", options));
}
