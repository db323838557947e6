namespace MLNetPerson.Images;

/// <summary>8-bit CIE L*a*b* of TIFF files to sRGB.</summary>
/// <remarks>TIFF 6.0, section 23, and Adobe's technical note for ICCLab: L* is 0 to 100 in 255 steps, a* and b* are whole numbers,
/// signed in CIELab and moved by 128 in ICCLab; the white point is D50. Matrix: sRGB's colorants adapted to D50 by Bradford's method, the
/// inverse of IEC 61966-2-1's ICC profile.</remarks>
internal static class CieLab
{
    private const int Signed = 8; // PHOTOMETRIC_CIELAB
    private const int Moved = 9; // PHOTOMETRIC_ICCLAB
    private const ushort Rgb = 2;

    private static readonly (double X, double Y, double Z) D50 = (0.9642, 1.0, 0.8249);

    /// <summary>
    /// The same file with its samples declared to be RGB, so that a decoder hands them out as they are; null where it is not 8-bit
    /// L*a*b* with three channels. NuGet's libvips (8.18.7) refuses its own reading of such files ("bad labq format").
    /// </summary>
    /// <param name="tiff">The file.</param>
    /// <param name="offset">What a* and b* were moved by: 0 or 128.</param>
    public static byte[]? AsRgb(ReadOnlySpan<byte> tiff, out int offset)
    {
        offset = 0;
        if (
            TiffDirectory.Read(tiff) is not { } directory
            || directory.Value(tiff, TiffDirectory.Photometric, 0) is not ((Signed or Moved) and var kind)
            || !directory.IsShort(TiffDirectory.Photometric)
            || directory.Value(tiff, TiffDirectory.BitsPerSample, 1) != 8
            || directory.Value(tiff, TiffDirectory.SamplesPerPixel, 1) != 3
        )
        {
            return null;
        }

        offset = kind == Moved ? 128 : 0;
        var copy = tiff.ToArray();
        directory.SetShort(copy, TiffDirectory.Photometric, Rgb);
        return copy;
    }

    /// <summary>Converts pixels in place.</summary>
    /// <param name="pixels">[pixels, 3]: L*, a*, b* as stored; afterwards sRGB.</param>
    /// <param name="offset">What a* and b* were moved by.</param>
    public static void ToSrgb(Span<byte> pixels, int offset)
    {
        for (var at = 0; at + 3 <= pixels.Length; at += 3)
        {
            var a = offset == 0 ? (sbyte)pixels[at + 1] : pixels[at + 1] - offset;
            var b = offset == 0 ? (sbyte)pixels[at + 2] : pixels[at + 2] - offset;
            var y = ((pixels[at] / 255.0 * 100) + 16) / 116;
            var (x, z) = (D50.X * Cube(y + (a / 500.0)), D50.Z * Cube(y - (b / 200.0)));
            var light = D50.Y * Cube(y);
            pixels[at] = Encoded((3.1338561 * x) - (1.6168667 * light) - (0.4906146 * z));
            pixels[at + 1] = Encoded((-0.9787684 * x) + (1.9161415 * light) + (0.0334540 * z));
            pixels[at + 2] = Encoded((0.0719453 * x) - (0.2289914 * light) + (1.4052427 * z));
        }
    }

    /// <summary>The inverse of L*'s curve: CIE 15:2004, section 8.2.1.</summary>
    private static double Cube(double value) =>
        value > 6.0 / 29 ? value * value * value : 3 * (6.0 / 29) * (6.0 / 29) * (value - (4.0 / 29));

    private static byte Encoded(double linear)
    {
        var value = Math.Clamp(linear, 0, 1);
        return (byte)Math.Round(255 * (value <= 0.0031308 ? 12.92 * value : (1.055 * Math.Pow(value, 1 / 2.4)) - 0.055));
    }
}
