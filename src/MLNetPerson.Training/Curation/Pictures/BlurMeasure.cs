using System.Runtime.Intrinsics;

namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>
/// How much a picture's neighbouring pixels would still differ if it were blurred once more: a sharp picture loses much, a blurred
/// one has nothing left to lose.
/// </summary>
/// <remarks>
/// F. Crete, T. Dolmiere, P. Ladret, M. Nicolas, The blur effect: perception and estimation with a new no-reference perceptual blur
/// metric, Human Vision and Electronic Imaging XII (2007). Pinned against the formula typed out by PictureMeterTests.
/// </remarks>
public static class BlurMeasure
{
    /// <summary>Length of the mean filter, in pixels: the paper's.</summary>
    private const int Length = 9;

    private const int Half = Length / 2;

    /// <summary>0 sharp to 1 blurred; 1 where no two neighbours differ.</summary>
    /// <param name="grey">[height, width] bytes.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static double Of(ReadOnlySpan<byte> grey, int width, int height)
    {
        // Differences of the blurred line need no blurred line: two neighbouring means differ by their ends.
        var (across, down) = (new Sums(), new Sums());
        for (var y = 0; y < height; y++)
        {
            var row = grey.Slice(y * width, width);
            Across(row, ref across);
            if (y > 0)
            {
                down.Add(
                    row,
                    Row(grey, width, y - 1),
                    Row(grey, width, Math.Min(y + Half, height - 1)),
                    Row(grey, width, Math.Max(y - 1 - Half, 0))
                );
            }
        }

        return Math.Max(across.Blur, down.Blur);
    }

    private static ReadOnlySpan<byte> Row(ReadOnlySpan<byte> grey, int width, int y) => grey.Slice(y * width, width);

    private static void Across(ReadOnlySpan<byte> row, ref Sums sums)
    {
        // In the middle all four pixels move along together; at the edges one of them stays behind.
        var (first, last) = (Half + 1, row.Length - Half);
        for (var i = 1; i < row.Length; i++)
        {
            if (i == first && last > first)
            {
                var count = last - first;
                sums.Add(row.Slice(first, count), row.Slice(first - 1, count), row.Slice(first + Half, count), row[..count]);
                i = last - 1;
                continue;
            }

            sums.Add(
                row.Slice(i, 1),
                row.Slice(i - 1, 1),
                row.Slice(Math.Min(i + Half, row.Length - 1), 1),
                row.Slice(Math.Max(i - 1 - Half, 0), 1)
            );
        }
    }

    /// <summary>Differences of neighbours, and how much of them blurring would take away; both times the filter's length.</summary>
    private struct Sums
    {
        private long _sharp;
        private long _lost;

        public readonly double Blur => _sharp == 0 ? 1 : (double)(_sharp - _lost) / _sharp;

        /// <param name="pixels">In a line.</param>
        /// <param name="before">The neighbour before each.</param>
        /// <param name="ahead">The pixel that enters the mean.</param>
        /// <param name="behind">The pixel that leaves it.</param>
        public void Add(ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> before, ReadOnlySpan<byte> ahead, ReadOnlySpan<byte> behind)
        {
            var i = 0;
            for (; i + Vector256<byte>.Count <= pixels.Length; i += Vector256<byte>.Count)
            {
                var sharp = Difference(Vector256.Create(pixels[i..]), Vector256.Create(before[i..]));
                var (blurredLow, blurredHigh) = Vector256.Widen(Difference(Vector256.Create(ahead[i..]), Vector256.Create(behind[i..])));
                var (low, high) = Vector256.Widen(sharp);
                (low, high) = (low * (ushort)Length, high * (ushort)Length);
                _sharp += Sum(low) + Sum(high);
                _lost += Sum(Vector256.Max(low, blurredLow) - blurredLow) + Sum(Vector256.Max(high, blurredHigh) - blurredHigh);
            }

            for (; i < pixels.Length; i++)
            {
                var sharp = Math.Abs(pixels[i] - before[i]) * Length;
                _sharp += sharp;
                _lost += Math.Max(0, sharp - Math.Abs(ahead[i] - behind[i]));
            }
        }

        private static Vector256<byte> Difference(Vector256<byte> a, Vector256<byte> b) => Vector256.Max(a, b) - Vector256.Min(a, b);

        /// <summary>Of 16 values of at most 9 · 255 each.</summary>
        private static int Sum(Vector256<ushort> values) => Vector256.Sum(values);
    }
}
