using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>
/// Lays one thumbnail over another, shifted and stretched until they agree best, and says how well they do: a cropped copy agrees
/// with its original once it is laid right, another photograph of the like never does.
/// </summary>
/// <remarks>
/// Gauss–Newton on the squared difference from coarse to fine (B. Lucas and T. Kanade, 1981), for shift and stretch along both axes, and
/// for gain and offset of grey. The agreement is the correlation of what is left after the neighbourhood's mean is taken away: skies and
/// gradients, which half of all photographs share, count for nothing in it.
/// </remarks>
internal sealed class PictureAlignment
{
    private const int Side = Thumbnails.Side;
    private const int Steps = 8;

    /// <summary>Shift and stretch along both axes, gain and offset of grey.</summary>
    private const int Unknowns = 6;

    /// <summary>A change of place that moves nothing by more than a sixtieth of a pixel.</summary>
    private const double Settled = 1e-3;

    /// <summary>Less overlap than this share of the picture is no alignment.</summary>
    private const double LeastOverlap = 0.6;

    /// <summary>Where blurred thumbnails agree less, their details need not be looked at: a copy's agree almost wholly.</summary>
    private const double LeastCoarse = 0.7;

    /// <summary>So good that no other start needs to be tried.</summary>
    private const double CertainAgreement = 0.8;

    /// <summary>How much of the other picture is laid over this one at first: all, or more or less of its middle. From there the steps find
    /// crops of any place.</summary>
    private static readonly double[] Starts = [1, 0.9, 0.8];

    /// <summary>Blurs from coarse to fine: radius of a box filter, in pixels, run twice.</summary>
    private static readonly int[] Blurs = [3, 2, 1];

    private readonly float[][] _levels;
    private readonly float[] _detail;
    private readonly float[] _whole;

    public PictureAlignment(ReadOnlySpan<byte> thumbnail)
        : this(ToFloats(thumbnail)) { }

    private PictureAlignment(float[] pixels)
    {
        _whole = pixels;
        _levels = [.. Blurs.Select(radius => Blur(Blur(pixels, radius), radius))];
        _detail = new float[pixels.Length];
        TensorPrimitives.Subtract(pixels, Blur(pixels, 2), _detail);
    }

    /// <summary>The same picture left for right.</summary>
    public PictureAlignment Mirror() => new(Thumbnails.Mirror(_whole));

    /// <summary>How well two pictures agree, the one shifted and stretched over the other at its best, or the other way round. −1 to
    /// 1.</summary>
    public static double Agreement(PictureAlignment first, PictureAlignment second)
    {
        var best = -1.0;
        foreach (var stretch in Starts)
        {
            best = Math.Max(best, Math.Max(first.From(second, stretch), second.From(first, stretch)));
            if (best > CertainAgreement)
            {
                break;
            }
        }

        return best;
    }

    private double From(PictureAlignment other, double stretch)
    {
        Span<double> place = [stretch, 0, stretch, 0]; // x' = place[0]·x + place[1], y' = place[2]·y + place[3], centred, half a side = 1
        var best = -1.0;
        for (var level = 0; level < Blurs.Length; level++)
        {
            if (
                !Refine(_levels[level], other._levels[level], place, level == 0 ? 2 : 1)
                || (level == 0 && Correlation(_levels[0], other._levels[0], place) < LeastCoarse)
            )
            {
                break;
            }

            best = Math.Max(best, Correlation(_detail, other._detail, place));
        }

        return best;
    }

    /// <param name="mine">What is laid over.</param>
    /// <param name="theirs">What it is laid over with.</param>
    /// <param name="place">Where; becomes better.</param>
    /// <param name="stride">Every so-manieth pixel is looked at, both ways.</param>
    private static bool Refine(float[] mine, float[] theirs, Span<double> place, int stride)
    {
        var looked = Side / stride;
        var matrix = new double[Unknowns, Unknowns];
        var right = new double[Unknowns];
        for (var step = 0; step < Steps; step++)
        {
            // Sums of products with each of the six derivatives, six at a time; the last two lanes stay 0.
            Vector512<double> n0 = default,
                n1 = default,
                n2 = default,
                n3 = default,
                n4 = default,
                n5 = default,
                r = default;
            var overlap = 0;
            for (var y = stride / 2; y < Side; y += stride)
            {
                var v = Centred(y);
                var fromY = Pixel((place[2] * v) + place[3]);
                for (var x = stride / 2; x < Side; x += stride)
                {
                    var u = Centred(x);
                    if (!Sample(theirs, Pixel((place[0] * u) + place[1]), fromY, out var value, out var slopeX, out var slopeY))
                    {
                        continue;
                    }

                    // mine ≈ gain · theirs(place) + offset, linear in the changes of place; a gain near 1 is left out of the slopes.
                    overlap++;
                    var (across, down) = (slopeX * Side / 2, slopeY * Side / 2);
                    var row = Vector512.Create(across * u, across, down * v, down, value, 1, 0, 0);
                    r += row * (mine[(y * Side) + x] - value);
                    n0 += row * (across * u);
                    n1 += row * across;
                    n2 += row * (down * v);
                    n3 += row * down;
                    n4 += row * value;
                    n5 += row;
                }
            }

            if (overlap < looked * looked * LeastOverlap || !Solve([n0, n1, n2, n3, n4, n5], r, matrix, right))
            {
                return false;
            }

            var largest = 0.0;
            for (var i = 0; i < place.Length; i++)
            {
                var change = Math.Clamp(right[i], -0.1, 0.1);
                place[i] += change;
                largest = Math.Max(largest, Math.Abs(change));
            }

            if (place[0] is < 0.6 or > 1.6 || place[2] is < 0.6 or > 1.6)
            {
                return false;
            }

            if (largest < Settled)
            {
                break;
            }
        }

        return true;
    }

    private static bool Solve(ReadOnlySpan<Vector512<double>> sums, Vector512<double> products, double[,] matrix, double[] right)
    {
        for (var i = 0; i < Unknowns; i++)
        {
            right[i] = products[i];
            for (var j = 0; j < Unknowns; j++)
            {
                matrix[i, j] = sums[i][j];
            }
        }

        return SmallSystem.Solve(matrix, right);
    }

    private static double Correlation(float[] mine, float[] theirs, ReadOnlySpan<double> place)
    {
        double sumA = 0,
            sumB = 0,
            squaresA = 0,
            squaresB = 0,
            products = 0;
        var count = 0;
        for (var y = 0; y < Side; y++)
        {
            var fromY = Pixel((place[2] * Centred(y)) + place[3]);
            for (var x = 0; x < Side; x++)
            {
                if (Sample(theirs, Pixel((place[0] * Centred(x)) + place[1]), fromY, out var b, out _, out _))
                {
                    double a = mine[(y * Side) + x];
                    (sumA, sumB, squaresA, squaresB, products) = (
                        sumA + a,
                        sumB + b,
                        squaresA + (a * a),
                        squaresB + (b * b),
                        products + (a * b)
                    );
                    count++;
                }
            }
        }

        var spread = (squaresA - (sumA * sumA / count)) * (squaresB - (sumB * sumB / count));
        return count < Side * Side * LeastOverlap || spread <= 1e-6 ? -1 : (products - (sumA * sumB / count)) / Math.Sqrt(spread);
    }

    private static double Centred(int pixel) => ((pixel + 0.5) / (Side / 2.0)) - 1;

    private static double Pixel(double centred) => ((centred + 1) * (Side / 2.0)) - 0.5;

    /// <summary>Value and slopes between pixels; false outside.</summary>
    private static bool Sample(float[] pixels, double x, double y, out double value, out double slopeX, out double slopeY)
    {
        // Half a pixel over the edge still belongs to the outermost pixels.
        if (x < -0.5 || y < -0.5 || x > Side - 0.5 || y > Side - 0.5)
        {
            (value, slopeX, slopeY) = (0, 0, 0);
            return false;
        }

        var (left, top) = (Math.Clamp((int)Math.Floor(x), 0, Side - 2), Math.Clamp((int)Math.Floor(y), 0, Side - 2));
        var (right, down) = (Math.Clamp(x - left, 0, 1), Math.Clamp(y - top, 0, 1));
        var at = (top * Side) + left;
        double a = pixels[at],
            b = pixels[at + 1],
            c = pixels[at + Side],
            d = pixels[at + Side + 1];
        var (upper, lower) = (a + ((b - a) * right), c + ((d - c) * right));
        value = upper + ((lower - upper) * down);
        slopeX = ((b - a) * (1 - down)) + ((d - c) * down);
        slopeY = lower - upper;
        return true;
    }

    /// <summary>Mean over a square; at the edges over what there is of it.</summary>
    private static float[] Blur(float[] pixels, int radius)
    {
        var (across, result) = (new float[pixels.Length], new float[pixels.Length]);
        for (var pass = 0; pass < 2; pass++)
        {
            var (from, to) = pass == 0 ? (pixels, across) : (across, result);
            var (step, toNext) = pass == 0 ? (1, Side) : (Side, 1);
            for (var line = 0; line < Side; line++)
            {
                for (var i = 0; i < Side; i++)
                {
                    var (first, last) = (Math.Max(0, i - radius), Math.Min(Side - 1, i + radius));
                    var sum = 0f;
                    for (var j = first; j <= last; j++)
                    {
                        sum += from[(line * toNext) + (j * step)];
                    }

                    to[(line * toNext) + (i * step)] = sum / (last - first + 1);
                }
            }
        }

        return result;
    }

    private static float[] ToFloats(ReadOnlySpan<byte> thumbnail)
    {
        var pixels = new float[thumbnail.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = thumbnail[i];
        }

        return pixels;
    }
}
