using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MLNetPerson.Training.Datasets;

/// <summary>Puts whole groups on a side by hash: adding samples never moves an old one across.</summary>
public static class HashSplit
{
    /// <summary>A number in [0, 1) that depends on the group's name (or the file's, where there is no group) and the seed alone.</summary>
    public static double Position(Sample sample, int seed) => Position(sample.Group ?? sample.File, seed);

    /// <summary>A number in [0, 1) that depends on the key and the seed alone.</summary>
    public static double Position(string key, int seed)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{key}"));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) / (ulong.MaxValue + 1.0);
    }

    /// <summary>Divides samples into those to train on and a held-out part.</summary>
    /// <param name="samples">All of them.</param>
    /// <param name="heldOut">Fraction of groups to hold out. Range (0, 1).</param>
    /// <param name="seed">Another seed, another division.</param>
    public static (IReadOnlyList<Sample> Training, IReadOnlyList<Sample> HeldOut) Divide(
        IEnumerable<Sample> samples,
        double heldOut,
        int seed
    )
    {
        var sides = samples.ToLookup(sample => Position(sample, seed) < heldOut);
        return ([.. sides[false]], [.. sides[true]]);
    }
}
