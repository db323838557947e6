using Microsoft.ML;
using MLNetPerson.Training.Backbones;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>The steps of the careful chain, on ML.NET's own grammar.</summary>
public static class PersonPicturesCatalog
{
    /// <summary>
    /// Adds a column with a picture's pixels as a model reads them: upright by EXIF, in sRGB, transparency on white, antialiased; the same
    /// bytes that <see cref="Prediction.PersonClassifier"/> sees. Truncated and oversized pictures are errors, never grey guesses.
    /// </summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="outputColumnName">The column to make: a vector of bytes [1, height, width, 3], RGB.</param>
    /// <param name="options">The size to make, and what to do with bad pictures.</param>
    /// <param name="inputColumnName">A column of paths (text), of files' contents (vector of bytes) or of
    /// <see cref="Microsoft.ML.Data.MLImage"/>; null for the same name.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static PersonImageLoadingEstimator LoadPersonImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        PersonImageOptions options,
        string? inputColumnName = null
    ) => new(catalog, outputColumnName, inputColumnName ?? outputColumnName, options);

    /// <summary>Adds a column with the features of a picture's pixels: the numbers that <c>retrain</c> trains on, bit for bit.</summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="outputColumnName">The column to make: a vector of as many floats as the network has features.</param>
    /// <param name="network">From picture to features; a recipe's comes from <see cref="FeatureNetworkBuilder"/>.</param>
    /// <param name="inputColumnName">A column that <c>LoadPersonImages</c> made.</param>
    /// <param name="options">How to use the machine.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static PersonFeatureExtractingEstimator ExtractPersonFeatures(
        this TransformsCatalog catalog,
        string outputColumnName,
        FeatureNetwork network,
        string inputColumnName,
        PersonFeatureOptions? options = null
    ) => new(catalog, outputColumnName, inputColumnName, PixelNetwork.Of(network), options ?? new PersonFeatureOptions());
}
