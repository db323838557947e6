using System.Globalization;
using System.Text;
using MLNetPerson.Files;

namespace MLNetPerson.Training.Datasets;

/// <summary>One hash for a dataset: the same in a package's manifest and on a dataset's card.</summary>
public static class ContentHash
{
    /// <summary>Over pictures, labels and groups, sorted: file names and their order do not matter.</summary>
    /// <param name="samples">The dataset.</param>
    /// <param name="pictureHashes">SHA-256 of each one's file, in the same order.</param>
    public static string Of(IReadOnlyList<Sample> samples, IReadOnlyList<string> pictureHashes)
    {
        var lines = samples.Select(
            (sample, i) => string.Create(CultureInfo.InvariantCulture, $"{pictureHashes[i]} {(sample.IsPerson ? 1 : 0)} {sample.Group}")
        );
        return Sha256Text.OfBytes(Encoding.UTF8.GetBytes(string.Join('\n', lines.Order(StringComparer.Ordinal))));
    }
}
