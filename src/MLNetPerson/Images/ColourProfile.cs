using System.Buffers.Binary;

namespace MLNetPerson.Images;

/// <summary>What an embedded profile asks for.</summary>
internal enum ProfileUse
{
    /// <summary>Values are sRGB already, or the profile does not fit the picture and is passed over, as browsers do.</summary>
    None,

    /// <summary>Other primaries, but a tone curve like sRGB's: resizing before or after conversion gives the same picture, so only the few
    /// pixels that are left after resizing are converted.</summary>
    AfterResizing,

    /// <summary>Every pixel is converted before resizing.</summary>
    BeforeResizing,
}

/// <summary>
/// Reads just enough of an ICC profile to tell whether values need converting. The profile's numbers decide, never its name. Layout:
/// ICC.1:2022, sections 7.2, 7.3, 10.6 (curveType) and 10.18 (parametricCurveType).
/// </summary>
internal static class ColourProfile
{
    private const int HeaderSize = 128;
    private const int ColourSpaceAt = 16;
    private const int TagSize = 12;
    private const int MostTags = 100;

    /// <summary>Largest difference of a colorant from sRGB's, in XYZ relative to D50. Published sRGB profiles differ by 0.0006.</summary>
    private const double SameColorant = 0.003;

    /// <summary>Largest difference of a tone curve from sRGB's, in encoded values 0 to 1: one level of 255.</summary>
    private const double SameCurve = 1 / 255.0;

    /// <summary>The same, where resizing before or after conversion may be told apart only by a level at hard edges. Gamma 2.2 is 0.02
    /// away, gamma 1.8 0.07, linear light 0.3.</summary>
    private const double AlikeCurve = 0.05;

    private const int CurveSamples = 33;

    /// <summary>sRGB's red, green and blue adapted to D50, as in IEC 61966-2-1's ICC profile.</summary>
    private static readonly (string Tag, double X, double Y, double Z)[] SrgbColorants =
    [
        ("rXYZ", 0.4361, 0.2225, 0.0139),
        ("gXYZ", 0.3851, 0.7169, 0.0971),
        ("bXYZ", 0.1431, 0.0606, 0.7141),
    ];

    private static readonly string[] Tables = ["A2B0", "A2B1", "D2B0", "D2B1"];

    /// <summary>What a profile asks for.</summary>
    /// <param name="profile">The embedded profile; empty where there is none.</param>
    /// <param name="colours">Colour channels of the picture, without alpha: 1 grey, 3 RGB, 4 CMYK. A profile of another space is passed
    /// over.</param>
    public static ProfileUse UseOf(ReadOnlySpan<byte> profile, int colours)
    {
        if (profile.Length < HeaderSize + 4)
        {
            return ProfileUse.None;
        }

        var space = profile.Slice(ColourSpaceAt, 4);
        if (colours == 4 && space.SequenceEqual("CMYK"u8))
        {
            return ProfileUse.BeforeResizing;
        }

        if (colours == 1 && space.SequenceEqual("GRAY"u8))
        {
            return CurveDistance(profile, "kTRC"u8) is { } grey && grey <= SameCurve && !HasTables(profile)
                ? ProfileUse.None
                : ProfileUse.BeforeResizing;
        }

        if (colours != 3 || !space.SequenceEqual("RGB "u8))
        {
            return ProfileUse.None;
        }

        if (
            HasTables(profile)
            || CurveDistance(profile, "rTRC"u8) is not { } red
            || CurveDistance(profile, "gTRC"u8) is not { } green
            || CurveDistance(profile, "bTRC"u8) is not { } blue
        )
        {
            return ProfileUse.BeforeResizing;
        }

        var curve = Math.Max(red, Math.Max(green, blue));
        return curve > AlikeCurve ? ProfileUse.BeforeResizing
            : curve > SameCurve || !HasSrgbColorants(profile) ? ProfileUse.AfterResizing
            : ProfileUse.None;
    }

    private static bool HasTables(ReadOnlySpan<byte> profile)
    {
        foreach (var table in Tables)
        {
            if (!Tag(profile, System.Text.Encoding.ASCII.GetBytes(table)).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasSrgbColorants(ReadOnlySpan<byte> profile)
    {
        foreach (var (name, x, y, z) in SrgbColorants)
        {
            var tag = Tag(profile, System.Text.Encoding.ASCII.GetBytes(name));
            if (
                tag.Length < 20
                || Math.Abs(Fixed(tag[8..]) - x) > SameColorant
                || Math.Abs(Fixed(tag[12..]) - y) > SameColorant
                || Math.Abs(Fixed(tag[16..]) - z) > SameColorant
            )
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The largest distance of a tone curve from sRGB's, 0 to 1 in encoded values; null where it cannot be read.</summary>
    private static double? CurveDistance(ReadOnlySpan<byte> profile, ReadOnlySpan<byte> name)
    {
        var curve = Tag(profile, name);
        var worst = 0.0;
        for (var i = 0; i < CurveSamples; i++)
        {
            var value = i / (CurveSamples - 1.0);
            if (Linear(curve, value) is not { } light || double.IsNaN(light))
            {
                return null;
            }

            worst = Math.Max(worst, Math.Abs(SrgbEncoded(Math.Clamp(light, 0, 1)) - value));
        }

        return worst;
    }

    private static double? Linear(ReadOnlySpan<byte> curve, double value)
    {
        if (curve.Length < 12)
        {
            return null;
        }

        if (curve.StartsWith("curv"u8))
        {
            var count = BinaryPrimitives.ReadUInt32BigEndian(curve[8..]);
            return count == 0 ? value
                : count > int.MaxValue / 4 || curve.Length < 12 + (2 * (int)count) ? null
                : count == 1 ? Math.Pow(value, BinaryPrimitives.ReadUInt16BigEndian(curve[12..]) / 256.0)
                : Interpolated(curve[12..], (int)count, value);
        }

        return curve.StartsWith("para"u8) ? Parametric(curve, value) : null;
    }

    private static double Interpolated(ReadOnlySpan<byte> table, int count, double value)
    {
        var at = value * (count - 1);
        var low = Math.Min((int)at, count - 2);
        var (from, to) = (
            BinaryPrimitives.ReadUInt16BigEndian(table[(2 * low)..]),
            BinaryPrimitives.ReadUInt16BigEndian(table[(2 * (low + 1))..])
        );
        return (from + ((to - from) * (at - low))) / 65535.0;
    }

    private static double? Parametric(ReadOnlySpan<byte> curve, double x)
    {
        var kind = BinaryPrimitives.ReadUInt16BigEndian(curve[8..]);
        ReadOnlySpan<int> counts = [1, 3, 4, 5, 7];
        if (kind >= counts.Length || curve.Length < 12 + (4 * counts[kind]))
        {
            return null;
        }

        Span<double> p = stackalloc double[7];
        for (var i = 0; i < counts[kind]; i++)
        {
            p[i] = Fixed(curve[(12 + (4 * i))..]);
        }

        var (g, a, b, c, d, e, f) = (p[0], p[1], p[2], p[3], p[4], p[5], p[6]);
        return kind switch
        {
            0 => Math.Pow(x, g),
            1 => x >= -b / a ? Math.Pow((a * x) + b, g) : 0,
            2 => x >= -b / a ? Math.Pow((a * x) + b, g) + c : c,
            3 => x >= d ? Math.Pow((a * x) + b, g) : c * x,
            _ => x >= d ? Math.Pow((a * x) + b, g) + e : (c * x) + f,
        };
    }

    private static double SrgbEncoded(double light) => light <= 0.0031308 ? 12.92 * light : (1.055 * Math.Pow(light, 1 / 2.4)) - 0.055;

    private static double Fixed(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes) / 65536.0;

    private static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> profile, ReadOnlySpan<byte> name)
    {
        var tags = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(profile[HeaderSize..]), MostTags);
        for (var tag = 0; tag < tags; tag++)
        {
            var at = HeaderSize + 4 + (tag * TagSize);
            if (at + TagSize > profile.Length)
            {
                return [];
            }

            if (profile.Slice(at, 4).SequenceEqual(name))
            {
                var start = BinaryPrimitives.ReadUInt32BigEndian(profile[(at + 4)..]);
                var length = BinaryPrimitives.ReadUInt32BigEndian(profile[(at + 8)..]);
                return start + (ulong)length <= (ulong)profile.Length ? profile.Slice((int)start, (int)length) : [];
            }
        }

        return [];
    }
}
