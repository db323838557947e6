using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Transforms;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>From picture to probability as one ML.NET estimator chain.</summary>
public static class PersonPipelineCatalog
{
    private const string ClassicPicture = "MLNetPerson.ClassicPicture";

    /// <summary>
    /// Builds a chain whose <c>Fit</c>, <c>Evaluate</c>, <c>CrossValidate</c>, <c>Model.Save</c> and <c>Model.Load</c> work as on any
    /// other. The backbone is brought and imported where that has not happened on this machine.
    /// </summary>
    /// <exception cref="ArgumentException">Options are out of range; all faults are in the message.</exception>
    /// <exception cref="BackboneException">The backbone cannot be had or does not fit the recipe.</exception>
    public static EstimatorChain<ITransformer> PersonPipeline(this MLContext mlContext, PersonPipelineOptions? options = null)
    {
        options ??= new PersonPipelineOptions();
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        var recipe = options.Recipe ?? RecipeCatalog.Open(RecipeCatalog.DefaultName);
        var network = FeatureNetworkBuilder
            .BuildAsync(BackboneCatalog.Open(recipe.Backbone), recipe.Input, recipe.Features)
            .GetAwaiter()
            .GetResult();
        var features = options.Chain == PersonChain.Careful ? Careful(mlContext, options, network) : Classic(mlContext, options, network);
        if (options.CacheFeatures)
        {
            features = features.AppendCacheCheckpoint(mlContext);
        }

        if (options.Standardize)
        {
            features = features.Append(
                new NamingEstimator(new PersonFeatureStandardizingEstimator(mlContext, options.FeatureColumn, network.Blocks))
            );
            features = options.CacheFeatures ? features.AppendCacheCheckpoint(mlContext) : features;
        }

        return features.Append(
            new NamingEstimator(
                options.Trainer ?? new PersonHeadEstimator(mlContext, options.LabelColumn, options.FeatureColumn, options.L2),
                options.LabelColumn
            )
        );
    }

    private static EstimatorChain<ITransformer> Careful(MLContext ml, PersonPipelineOptions options, FeatureNetwork network)
    {
        const string Image = "Image";
        var images = new PersonImageOptions
        {
            Input = network.Input,
            ImageFolder = options.ImageFolder,
            Limits = options.Limits,
            OnBadImage = options.OnBadImage,
            Dropped = options.Dropped,
            Parallelism = options.Features.Parallelism,
        };
        return new EstimatorChain<ITransformer>()
            .Append<ITransformer>(ml.Transforms.LoadPersonImages(Image, images, options.ImageColumn))
            .Append<ITransformer>(ml.Transforms.ExtractPersonFeatures(options.FeatureColumn, network, Image, options.Features));
    }

    private static EstimatorChain<ITransformer> Classic(MLContext ml, PersonPipelineOptions options, FeatureNetwork network)
    {
        var input = network.Input;
        var resizing =
            options.ClassicResizing
            ?? input.Resize switch
            {
                ResizeKind.Pad => ImageResizingEstimator.ResizingKind.IsoPad,
                ResizeKind.CenterCrop => ImageResizingEstimator.ResizingKind.IsoCrop,
                _ => ImageResizingEstimator.ResizingKind.Fill,
            };
        return new EstimatorChain<ITransformer>()
            .Append<ITransformer>(ml.Transforms.LoadImages(ClassicPicture, options.ImageFolder ?? "", options.ImageColumn))
            .Append<ITransformer>(ml.Transforms.ResizeImages(ClassicPicture, input.Width, input.Height, ClassicPicture, resizing))
            .Append<ITransformer>(ml.Transforms.ExtractPixels(Temporary.Pixels, ClassicPicture, interleavePixelColors: true))
            .Append<ITransformer>(
                ml.Transforms.ApplyOnnxModel(
                    Networks.Step(
                        Networks.TakingFloats(network, Temporary.Pixels, options.FeatureColumn),
                        "classic",
                        Temporary.Pixels,
                        options.FeatureColumn,
                        options.ClassicIntraOpNumThreads
                    )
                )
            );
    }
}
