using System.Globalization;
using System.Text;
using MLNetPerson.Files;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>One hash for all that a head was fitted on.</summary>
internal static class DatasetHash
{
    /// <summary>Over pictures, labels and groups, sorted: file names and their order do not matter.</summary>
    public static string Of(FeatureSet features)
    {
        var lines = features.Samples.Select((sample, i) => string.Create(CultureInfo.InvariantCulture, $"{features.PictureHashes[i]} {(sample.IsPerson ? 1 : 0)} {sample.Group}"));
        return Sha256Text.OfBytes(Encoding.UTF8.GetBytes(string.Join('\n', lines.Order(StringComparer.Ordinal))));
    }
}
