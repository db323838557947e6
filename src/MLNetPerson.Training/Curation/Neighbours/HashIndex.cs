using System.Collections.Concurrent;
using System.Numerics;

namespace MLNetPerson.Training.Curation.Neighbours;

/// <summary>
/// Finds all hashes within a few bits of another without comparing all pairs: two hashes that differ in at most 11 of 64 bits differ in at
/// most 2 bits of one of their four quarters, and quarters are looked up.
/// </summary>
/// <remarks>M. Norouzi, A. Punjani, D. Fleet, Fast search in Hamming space with multi-index hashing, CVPR 2012.</remarks>
internal sealed class HashIndex
{
    /// <summary>The largest distance for which nothing is missed: 4 · (2 + 1) − 1.</summary>
    public const int MostDistance = (Quarters * (BitsPerQuarter + 1)) - 1;

    private const int Quarters = 4;
    private const int BitsPerQuarter = 2;
    private const int QuarterBits = 16;

    /// <summary>All 16-bit words with at most two ones.</summary>
    private static readonly ushort[] Flips =
    [
        .. Enumerable
            .Range(0, 1 << QuarterBits)
            .Where(word => BitOperations.PopCount((uint)word) <= BitsPerQuarter)
            .Select(word => (ushort)word),
    ];

    private readonly ulong[] _hashes;
    private readonly int[][] _starts = new int[Quarters][];
    private readonly int[][] _members = new int[Quarters][];

    public HashIndex(ulong[] hashes)
    {
        _hashes = hashes;
        for (var quarter = 0; quarter < Quarters; quarter++)
        {
            // Counting sort: the members of each of the 65,536 values lie side by side.
            var starts = new int[(1 << QuarterBits) + 1];
            foreach (var hash in hashes)
            {
                starts[Part(hash, quarter) + 1]++;
            }

            for (var value = 0; value < 1 << QuarterBits; value++)
            {
                starts[value + 1] += starts[value];
            }

            var (next, members) = ((int[])starts.Clone(), new int[hashes.Length]);
            for (var i = 0; i < hashes.Length; i++)
            {
                members[next[Part(hashes[i], quarter)]++] = i;
            }

            (_starts[quarter], _members[quarter]) = (starts, members);
        }
    }

    /// <summary>All pairs (i &lt; j) where hash j, seen through <paramref name="view"/>, is within the distance of hash i, in
    /// order.</summary>
    /// <param name="most">Range [0, <see cref="MostDistance"/>].</param>
    /// <param name="view">Turns a hash into the one looked for; its own inverse: nothing, or mirroring.</param>
    /// <param name="cancellation">Ends the search.</param>
    public List<(int First, int Second)> Pairs(int most, Func<ulong, ulong> view, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MostDistance);
        var found = new ConcurrentBag<(int, int)>();
        Parallel.For(
            0,
            _hashes.Length,
            new ParallelOptions { CancellationToken = cancellation },
            first =>
            {
                var wanted = view(_hashes[first]);
                for (var quarter = 0; quarter < Quarters; quarter++)
                {
                    var (part, starts, members) = (Part(wanted, quarter), _starts[quarter], _members[quarter]);
                    foreach (var flip in Flips)
                    {
                        var value = part ^ flip;
                        for (var at = starts[value]; at < starts[value + 1]; at++)
                        {
                            var second = members[at];
                            if (
                                second > first
                                && BitOperations.PopCount(wanted ^ _hashes[second]) <= most
                                && !FoundBefore(wanted ^ _hashes[second], quarter)
                            )
                            {
                                found.Add((first, second));
                            }
                        }
                    }
                }
            }
        );
        return [.. found.Order()];
    }

    /// <summary>Whether an earlier quarter is near enough as well: each pair is to be found once.</summary>
    private static bool FoundBefore(ulong difference, int quarter)
    {
        for (var earlier = 0; earlier < quarter; earlier++)
        {
            if (BitOperations.PopCount((uint)Part(difference, earlier)) <= BitsPerQuarter)
            {
                return true;
            }
        }

        return false;
    }

    private static int Part(ulong hash, int quarter) => (int)((hash >> (quarter * QuarterBits)) & 0xFFFF);
}
