using Microsoft.ML;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Pictures;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;

namespace MLNetPerson.MLNet.Tests;

/// <summary>The tiny world as ML.NET sees it.</summary>
public sealed class PicturesWorld : IDisposable
{
    public static readonly ImageSpec Input = new(TinyWorld.Side, TinyWorld.Side);

    public PicturesWorld()
        : this(40) { }

    private PicturesWorld(int pictures)
    {
        World = new TinyWorld(pictures);
        Data = Ml.View(World.Dataset);
        Network = World.Network();
    }

    public static PicturesWorld Of(int pictures) => new(pictures);

    public MLContext Ml { get; } = new(1);

    public TinyWorld World { get; }

    public IDataView Data { get; }

    public FeatureNetwork Network { get; }

    public PersonPipelineOptions Options => new() { Recipe = World.Recipe, L2 = 0.01 };

    public IEstimator<ITransformer> LoadImages(PersonImageOptions? options = null) =>
        Ml.Transforms.LoadPersonImages("Image", options ?? new PersonImageOptions { Input = Input }, nameof(PictureRow.ImagePath));

    public ITransformer Reload(ITransformer model)
    {
        var file = World[$"{Guid.NewGuid():N}.zip"];
        Ml.Model.Save(model, Data.Schema, file);
        return new MLContext().Model.Load(file, out _);
    }

    public void Dispose() => World.Dispose();
}
