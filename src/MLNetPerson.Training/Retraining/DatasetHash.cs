using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>One hash for all that a head was fitted on.</summary>
internal static class DatasetHash
{
    /// <summary>See <see cref="ContentHash"/>.</summary>
    public static string Of(FeatureSet features) => ContentHash.Of(features.Samples, features.PictureHashes);
}
