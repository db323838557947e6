using System.Numerics;

namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>
/// 64 bits that change little when a picture is scaled or compressed: the signs of its 64 lowest frequencies, without the mean.
/// Mirroring a picture flips the signs of its odd horizontal frequencies, so the mirrored picture's hash needs no picture.
/// </summary>
public static class PerceptualHash
{
    private const int Side = Thumbnails.Side;
    private const int Bits = 64;

    /// <summary>(across, down) of each bit: by rising sum, the mean left out.</summary>
    private static readonly (int U, int V)[] Frequencies =
    [
        .. Enumerable.Range(1, Side - 1).SelectMany(sum => Enumerable.Range(0, sum + 1).Select(u => (u, sum - u))).Take(Bits),
    ];

    /// <summary>The bits of odd horizontal frequencies.</summary>
    private static readonly ulong OddAcross = Frequencies
        .Select((frequency, bit) => frequency.U % 2 == 1 ? 1UL << bit : 0)
        .Aggregate((all, bit) => all | bit);

    /// <summary>[frequency, position]: the cosines of the discrete cosine transform.</summary>
    private static readonly float[][] Cosines =
    [
        .. Enumerable
            .Range(0, Side)
            .Select(frequency =>
                Enumerable.Range(0, Side).Select(x => MathF.Cos(MathF.PI * frequency * ((2 * x) + 1) / (2 * Side))).ToArray()
            ),
    ];

    /// <summary>The hash of the mirrored picture.</summary>
    public static ulong Mirror(ulong hash) => hash ^ OddAcross;

    /// <summary>Bits that differ, 0 to 64; 32 for pictures that have nothing to do with each other.</summary>
    public static int Distance(ulong a, ulong b) => BitOperations.PopCount(a ^ b);

    /// <param name="thumbnail">[<see cref="Side"/>, <see cref="Side"/>] grey.</param>
    internal static ulong Of(ReadOnlySpan<byte> thumbnail)
    {
        var highest = Frequencies.Max(frequency => Math.Max(frequency.U, frequency.V));
        Span<float> rows = stackalloc float[Side * (highest + 1)]; // [y, u]
        for (var y = 0; y < Side; y++)
        {
            for (var u = 0; u <= highest; u++)
            {
                var sum = 0f;
                for (var x = 0; x < Side; x++)
                {
                    sum += Cosines[u][x] * thumbnail[(y * Side) + x];
                }

                rows[(y * (highest + 1)) + u] = sum;
            }
        }

        ulong hash = 0;
        for (var bit = 0; bit < Bits; bit++)
        {
            var (u, v) = Frequencies[bit];
            var sum = 0f;
            for (var y = 0; y < Side; y++)
            {
                sum += Cosines[v][y] * rows[(y * (highest + 1)) + u];
            }

            hash |= sum > 0 ? 1UL << bit : 0;
        }

        return hash;
    }
}
