using System.Buffers.Binary;

namespace MLNetPerson.Testing;

/// <summary>Writes small RGB colour profiles, version 2.</summary>
public static class PlainProfile
{
    /// <summary>A matrix profile with gamma 2.2.</summary>
    /// <param name="name">What it calls itself.</param>
    /// <param name="wide">The primaries of a wide space (ProPhoto's) instead of sRGB's; both adapted to D50.</param>
    public static byte[] Matrix(string name, bool wide)
    {
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
            ("rTRC", Gamma()),
            ("gTRC", Gamma()),
            ("bTRC", Gamma()),
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

    private static byte[] Xyz(double x, double y, double z) => [.. "XYZ \0\0\0\0"u8, .. Fixed(x), .. Fixed(y), .. Fixed(z)];

    private static byte[] Gamma() => [.. "curv\0\0\0\0"u8, .. Big(1), 2, 51, 0, 0]; // 2 + 51/256

    private static byte[] Fixed(double value) => Big((int)Math.Round(value * 65536));

    private static byte[] Big(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
