using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MLNetPerson.Training.Datasets;

/// <summary>One hash for a dataset: the same in a package's manifest and on a dataset's card.</summary>
public static class ContentHash
{
    /// <summary>Over pictures, labels and groups, sorted: file names and their order do not matter.</summary>
    /// <param name="samples">The dataset.</param>
    /// <param name="pictureHashes">SHA-256 of each one's file, in the same order.</param>
    public static string Of(IReadOnlyList<Sample> samples, IReadOnlyList<string> pictureHashes)
    {
        var order = Enumerable.Range(0, samples.Count).ToArray();
        Array.Sort(order, Compare);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < order.Length; i++)
        {
            // Line by line: as one text the lines of a million pictures would be half a gigabyte.
            var (sample, picture) = (samples[order[i]], pictureHashes[order[i]]);
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{(i == 0 ? "" : "\n")}{picture} {(sample.IsPerson ? 1 : 0)} {sample.Group}"
            );
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        int Compare(int a, int b) =>
            string.CompareOrdinal(pictureHashes[a], pictureHashes[b]) is not 0 and var byPicture ? byPicture
            : samples[a].IsPerson != samples[b].IsPerson ? (samples[a].IsPerson ? 1 : -1)
            : string.CompareOrdinal(samples[a].Group ?? "", samples[b].Group ?? "");
    }
}
