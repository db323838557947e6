using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.MLNet.Transforms;
using MLNetPerson.Packaging;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>From an exported package back to ML.NET.</summary>
public static class PackageScoring
{
    /// <summary>
    /// Adds the columns <c>Score</c> (logit), <c>Probability</c> and <c>PredictedLabel</c> (at the package's threshold), as a trained
    /// binary classifier would, so that <c>Evaluate</c> and prediction engines take the chain. Model and threshold become part of a saved
    /// zip; the package is not needed any more then.
    /// </summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="folder">The folder that <c>retrain --out</c> wrote. Every file's hash is verified.</param>
    /// <param name="inputColumnName">A column of paths (text), of files' contents (vector of bytes) or of <see cref="MLImage"/>.</param>
    /// <param name="options">Which encoding, and how to read pictures.</param>
    /// <exception cref="PackageException">Not a package, not the one that was exported, or without that encoding.</exception>
    public static EstimatorChain<ITransformer> ApplyPersonPackage(
        this TransformsCatalog catalog,
        string folder,
        string inputColumnName = "ImagePath",
        ApplyPackageOptions? options = null
    )
    {
        options ??= new ApplyPackageOptions();
        var package = ModelPackage.Open(folder);
        var network = PixelNetwork.Of(package, package.Encoding(options.Encoding));
        var images = new PersonImageOptions
        {
            Input = network.Input,
            ImageFolder = options.ImageFolder,
            Limits = options.Limits,
            OnBadImage = options.OnBadImage,
            Dropped = options.Dropped,
            Parallelism = options.Features.Parallelism,
        };
        var threshold = (float)package.Manifest.Threshold;
        return new EstimatorChain<ITransformer>()
            .Append<ITransformer>(catalog.LoadPersonImages(Temporary.PackageImage, images, inputColumnName))
            .Append<ITransformer>(
                new PersonFeatureExtractingEstimator(catalog, Temporary.Probability, Temporary.PackageImage, network, options.Features)
            )
            .Append<ITransformer>(catalog.CustomMapping<EmptyRow, AnchorRow>(AnchorMapping.Map, AnchorMapping.Contract))
            .Append<ITransformer>(
                catalog.Expression(Temporary.Config, FormattableString.Invariant($"x => \"{threshold:R}\""), Temporary.Anchor)
            )
            .Append<ITransformer>(catalog.CustomMapping<ProbabilityRow, PersonScore>(ScoreMapping.Map, ScoreMapping.Contract))
            .Append<ITransformer>(catalog.DropColumns(Temporary.PackageImage, Temporary.Probability, Temporary.Anchor, Temporary.Config));
    }
}
