using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNetPerson.Training.Heads;

/// <summary>
/// Scalar products that are summed in one order, wherever the numbers lie in memory. A library that first aligns itself sums in another
/// order
/// from run to run, and the same pictures must give the same bytes.
/// </summary>
internal static class FixedOrder
{
    /// <summary>Σ a · b, in four vectors of eight and a rest.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b[..a.Length]);
        const int Lanes = 8;
        Vector256<float> s0 = default,
            s1 = default,
            s2 = default,
            s3 = default;
        var i = 0;
        for (; i + (4 * Lanes) <= a.Length; i += 4 * Lanes)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, (nuint)i), Vector256.LoadUnsafe(ref y, (nuint)i), s0);
            s1 = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref x, (nuint)(i + Lanes)),
                Vector256.LoadUnsafe(ref y, (nuint)(i + Lanes)),
                s1
            );
            s2 = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref x, (nuint)(i + (2 * Lanes))),
                Vector256.LoadUnsafe(ref y, (nuint)(i + (2 * Lanes))),
                s2
            );
            s3 = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref x, (nuint)(i + (3 * Lanes))),
                Vector256.LoadUnsafe(ref y, (nuint)(i + (3 * Lanes))),
                s3
            );
        }

        // Lane by lane: the library's own sum of a vector adds in another order before its method is compiled for speed.
        var four = (s0 + s1) + (s2 + s3);
        var sum = ((four[0] + four[4]) + (four[1] + four[5])) + ((four[2] + four[6]) + (four[3] + four[7]));
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>Σ a · b, in two vectors of four and a rest.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b[..a.Length]);
        const int Lanes = 4;
        Vector256<double> s0 = default,
            s1 = default;
        var i = 0;
        for (; i + (2 * Lanes) <= a.Length; i += 2 * Lanes)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, (nuint)i), Vector256.LoadUnsafe(ref y, (nuint)i), s0);
            s1 = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref x, (nuint)(i + Lanes)),
                Vector256.LoadUnsafe(ref y, (nuint)(i + Lanes)),
                s1
            );
        }

        var two = s0 + s1;
        var sum = (two[0] + two[2]) + (two[1] + two[3]);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
