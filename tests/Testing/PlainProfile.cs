using System.Buffers.Binary;

namespace MLNetPerson.Testing;

/// <summary>Writes small RGB colour profiles, version 2.</summary>
public static class PlainProfile
{
    /// <summary>A matrix profile with gamma 2.2.</summary>
    /// <param name="name">What it calls itself.</param>
    /// <param name="wide">The primaries of a wide space (ProPhoto's) instead of sRGB's; both adapted to D50.</param>
    /// <param name="curve">A tone curve of the caller's, curveType or parametricCurveType.</param>
    public static byte[] Matrix(string name, bool wide, byte[]? curve = null)
    {
        curve ??= Gamma();
        (double X, double Y, double Z)[] primaries = wide
            ? [(0.79767, 0.28804, 0), (0.13519, 0.71187, 0), (0.03134, 0.00009, 0.82491)]
            : [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)];
        (string Tag, byte[] Content)[] tags =
        [
            ("desc", [.. "desc\0\0\0\0"u8, .. Big(name.Length + 1), .. System.Text.Encoding.ASCII.GetBytes(name), 0, .. new byte[78]]),
            ("wtpt", Xyz(0.9642, 1, 0.8249)),
            ("rXYZ", Xyz(primaries[0].X, primaries[0].Y, primaries[0].Z)),
            ("gXYZ", Xyz(primaries[1].X, primaries[1].Y, primaries[1].Z)),
            ("bXYZ", Xyz(primaries[2].X, primaries[2].Y, primaries[2].Z)),
            ("rTRC", curve),
            ("gTRC", curve),
            ("bTRC", curve),
        ];
        List<byte> table = [.. Big(tags.Length)];
        List<byte> data = [];
        var start = 128 + 4 + (tags.Length * 12);
        foreach (var (tag, content) in tags)
        {
            table.AddRange([.. System.Text.Encoding.ASCII.GetBytes(tag), .. Big(start + data.Count), .. Big(content.Length)]);
            data.AddRange([.. content, .. new byte[(4 - (content.Length % 4)) % 4]]);
        }

        var header = new byte[128];
        BinaryPrimitives.WriteInt32BigEndian(header, start + data.Count);
        header[8] = 2;
        "mntrRGB XYZ "u8.CopyTo(header.AsSpan(12));
        "acsp"u8.CopyTo(header.AsSpan(36));
        Xyz(0.9642, 1, 0.8249).AsSpan(8).CopyTo(header.AsSpan(68));
        return [.. header, .. table, .. data];
    }

    /// <summary>A profile of sRGB's or wide primaries with a tone curve of the caller's.</summary>
    public static byte[] WithGamma(string name, bool wide, double gamma)
    {
        var profile = Matrix(name, wide);
        Replace(profile, Gamma(), Gamma(gamma));
        return profile;
    }

    /// <summary>A profile with sRGB's primaries and its curve as a formula (ICC.1:2022, 10.18, function type 3), under any name.</summary>
    public static byte[] Srgb(string name) =>
        Matrix(
            name,
            wide: false,
            [
                .. "para\0\0\0\0"u8,
                0,
                3,
                0,
                0,
                .. Fixed(2.4),
                .. Fixed(1 / 1.055),
                .. Fixed(0.055 / 1.055),
                .. Fixed(1 / 12.92),
                .. Fixed(0.04045),
            ]
        );

    /// <summary>A grey profile with a plain gamma.</summary>
    public static byte[] Grey(double gamma)
    {
        var (white, curve) = (Xyz(0.9642, 1, 0.8249), Gamma(gamma));
        byte[] description = [.. "desc\0\0\0\0"u8, .. Big(5), .. "grey\0"u8, .. new byte[78], 0];
        const int Start = 128 + 4 + (3 * 12);
        byte[] table =
        [
            .. Big(3),
            .. "desc"u8,
            .. Big(Start),
            .. Big(description.Length),
            .. "wtpt"u8,
            .. Big(Start + description.Length),
            .. Big(white.Length),
            .. "kTRC"u8,
            .. Big(Start + description.Length + white.Length),
            .. Big(14),
        ];
        var header = new byte[128];
        header[8] = 2;
        "mntrGRAYXYZ "u8.CopyTo(header.AsSpan(12));
        "acsp"u8.CopyTo(header.AsSpan(36));
        white.AsSpan(8).CopyTo(header.AsSpan(68));
        byte[] whole = [.. header, .. table, .. description, .. white, .. curve];
        BinaryPrimitives.WriteInt32BigEndian(whole, whole.Length);
        return whole;
    }

    private static void Replace(Span<byte> bytes, ReadOnlySpan<byte> old, ReadOnlySpan<byte> other)
    {
        for (int at; (at = bytes.IndexOf(old)) >= 0; bytes = bytes[(at + other.Length)..])
        {
            other.CopyTo(bytes[at..]);
        }
    }

    private static byte[] Xyz(double x, double y, double z) => [.. "XYZ \0\0\0\0"u8, .. Fixed(x), .. Fixed(y), .. Fixed(z)];

    private static byte[] Gamma() => Gamma(2.2); // 2 + 51/256 in its file

    // u8Fixed8Number, padded to four bytes.
    private static byte[] Gamma(double gamma) =>
        [.. "curv\0\0\0\0"u8, .. Big(1), (byte)gamma, (byte)Math.Round((gamma - Math.Floor(gamma)) * 256), 0, 0];

    private static byte[] Fixed(double value) => Big((int)Math.Round(value * 65536));

    private static byte[] Big(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
