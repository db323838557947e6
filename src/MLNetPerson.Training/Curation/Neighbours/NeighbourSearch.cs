using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MLNetPerson.Training.Features;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Curation.Neighbours;

/// <summary>
/// Finds each unit vector's nearest neighbours by cosine. Nothing is missed: two vectors' cosine is at most the product of their first
/// components plus the product of the lengths of the rest, and only pairs that pass by this bound are computed whole.
/// </summary>
/// <remarks>
/// The bound of all pairs is a matrix product, done in tiles of 4 × 32 that stay in the processor's registers. Vectors from
/// <see cref="Descriptors"/> have the components that tell most in front, so that few pairs pass.
/// </remarks>
internal static class NeighbourSearch
{
    /// <summary>Components in the bound, the length of the rest not counted.</summary>
    private const int Head = 31;

    private const int Tile = 4;
    private const int Lanes = 16;
    private const int Panel = 2 * Lanes;

    /// <summary>Rounding of a sum of 32 products of single precision, with room to spare.</summary>
    private const float Rounding = 1e-5f;

    /// <summary>All pairs (i &lt; j), in order, of which the one is among the other's nearest.</summary>
    /// <param name="vectors">Rows of length 1.</param>
    /// <param name="count">How many neighbours of each. Range [1, ∞).</param>
    /// <param name="least">A smaller cosine is no neighbour. Range (0, 1].</param>
    /// <param name="cancellation">Ends the search.</param>
    public static List<(int First, int Second, float Cosine)> Nearest(
        FeatureTable vectors,
        int count,
        float least,
        CancellationToken cancellation = default
    ) => Nearest(vectors, count, least, Shard.Whole, cancellation);

    /// <summary>A part of the same: pairs whose later row lies in the part's columns. A row's nearest are among the nearest of the
    /// parts.</summary>
    public static List<(int First, int Second, float Cosine)> Nearest(
        FeatureTable vectors,
        int count,
        float least,
        Shard shard,
        CancellationToken cancellation = default
    )
    {
        var depth = Math.Min(Head, vectors.Width) + 1;
        var panels = (vectors.Rows + Panel - 1) / Panel;
        var heads = Heads(vectors, depth);
        var packed = Pack(heads, vectors.Rows, depth, panels);
        var nearest = new NearestLists(vectors.Rows, count, least);
        Parallel.For(
            0,
            panels / shard.Count + (shard.Number <= panels % shard.Count ? 1 : 0),
            new ParallelOptions { CancellationToken = cancellation },
            turn =>
            {
                // Every so many-th panel: the later ones are longer.
                var panel = (turn * shard.Count) + shard.Number - 1;
                var columns = packed.AsSpan(panel * depth * Panel, depth * Panel);
                var last = Math.Min((panel + 1) * Panel, vectors.Rows);
                for (var row = 0; row < last; row += Tile)
                {
                    Bounds(heads, columns, row, depth, panel * Panel, least - Rounding, vectors, nearest);
                }
            }
        );
        return nearest.Pairs();
    }

    /// <summary>[rows rounded up, depth]: the first components and the length of the rest.</summary>
    private static float[] Heads(FeatureTable vectors, int depth)
    {
        var heads = new float[(vectors.Rows + Tile - 1) / Tile * Tile * depth];
        for (var row = 0; row < vectors.Rows; row++)
        {
            var values = vectors.Row(row);
            var head = heads.AsSpan(row * depth, depth);
            values[..(depth - 1)].CopyTo(head);
            head[^1] = TensorPrimitives.Norm((ReadOnlySpan<float>)values[(depth - 1)..]);
        }

        return heads;
    }

    /// <summary>[panels, depth, <see cref="Panel"/>]: 32 vectors side by side.</summary>
    private static float[] Pack(float[] heads, int rows, int depth, int panels)
    {
        var packed = new float[panels * depth * Panel];
        for (var row = 0; row < rows; row++)
        {
            for (var k = 0; k < depth; k++)
            {
                packed[(((row / Panel * depth) + k) * Panel) + (row % Panel)] = heads[(row * depth) + k];
            }
        }

        return packed;
    }

    private static void Bounds(
        float[] heads,
        ReadOnlySpan<float> columns,
        int row,
        int depth,
        int firstColumn,
        float bound,
        FeatureTable vectors,
        NearestLists nearest
    )
    {
        Vector512<float> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default,
            d0 = default,
            d1 = default;
        ref var column = ref MemoryMarshal.GetReference(columns);
        ref var head = ref heads[row * depth];
        for (var k = 0; k < depth; k++)
        {
            var left = Vector512.LoadUnsafe(ref column, (nuint)(k * Panel));
            var right = Vector512.LoadUnsafe(ref column, (nuint)((k * Panel) + Lanes));
            var a = Vector512.Create(System.Runtime.CompilerServices.Unsafe.Add(ref head, k));
            var b = Vector512.Create(System.Runtime.CompilerServices.Unsafe.Add(ref head, depth + k));
            var c = Vector512.Create(System.Runtime.CompilerServices.Unsafe.Add(ref head, (2 * depth) + k));
            var d = Vector512.Create(System.Runtime.CompilerServices.Unsafe.Add(ref head, (3 * depth) + k));
            (a0, a1) = (Vector512.FusedMultiplyAdd(a, left, a0), Vector512.FusedMultiplyAdd(a, right, a1));
            (b0, b1) = (Vector512.FusedMultiplyAdd(b, left, b0), Vector512.FusedMultiplyAdd(b, right, b1));
            (c0, c1) = (Vector512.FusedMultiplyAdd(c, left, c0), Vector512.FusedMultiplyAdd(c, right, c1));
            (d0, d1) = (Vector512.FusedMultiplyAdd(d, left, d0), Vector512.FusedMultiplyAdd(d, right, d1));
        }

        var limit = Vector512.Create(bound);
        var most = Vector512.Max(
            Vector512.Max(Vector512.Max(a0, a1), Vector512.Max(b0, b1)),
            Vector512.Max(Vector512.Max(c0, c1), Vector512.Max(d0, d1))
        );
        if (!Vector512.GreaterThanOrEqualAny(most, limit))
        {
            return;
        }

        Passed(a0, a1, limit, row);
        Passed(b0, b1, limit, row + 1);
        Passed(c0, c1, limit, row + 2);
        Passed(d0, d1, limit, row + 3);

        void Passed(Vector512<float> left, Vector512<float> right, Vector512<float> least, int first)
        {
            var bits =
                Vector512.GreaterThanOrEqual(left, least).ExtractMostSignificantBits()
                | (Vector512.GreaterThanOrEqual(right, least).ExtractMostSignificantBits() << Lanes);
            for (; bits != 0; bits &= bits - 1)
            {
                var second = firstColumn + System.Numerics.BitOperations.TrailingZeroCount(bits);
                if (first < second && second < vectors.Rows)
                {
                    nearest.Offer(first, second, TensorPrimitives.Dot((ReadOnlySpan<float>)vectors.Row(first), vectors.Row(second)));
                }
            }
        }
    }
}
