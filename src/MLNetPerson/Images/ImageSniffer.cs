using System.Buffers.Binary;

namespace MLNetPerson.Images;

/// <summary>Tells a format by its first bytes; file names are not asked.</summary>
internal static class ImageSniffer
{
    private static readonly byte[][] HeifBrands =
    [
        .. new[] { "avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2", "msf1" }.Select(
            System.Text.Encoding.ASCII.GetBytes
        ),
    ];

    /// <summary>The format, or null with a reason that names what the bytes look like instead.</summary>
    public static ImageFormat? Sniff(ReadOnlySpan<byte> bytes, out string reason)
    {
        reason = "";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return ImageFormat.Jpeg;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return ImageFormat.Png;
        }

        if (bytes.StartsWith("RIFF"u8) && bytes.Length >= 12 && bytes[8..12].SequenceEqual("WEBP"u8))
        {
            return ImageFormat.WebP;
        }

        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
        {
            return ImageFormat.Gif;
        }

        if (
            bytes.StartsWith("II*\0"u8)
            || bytes.StartsWith("MM\0*"u8)
            || bytes.StartsWith("II+\0"u8) // BigTIFF
            || bytes.StartsWith("MM\0+"u8)
        )
        {
            return ImageFormat.Tiff;
        }

        if (bytes.StartsWith("BM"u8))
        {
            return ImageFormat.Bmp;
        }

        if (bytes.Length >= 12 && bytes[4..8].SequenceEqual("ftyp"u8) && IsHeif(bytes))
        {
            return ImageFormat.Heif;
        }

        reason = $"{Describe(bytes)}. Decoded are JPEG, PNG, WebP, GIF, TIFF, BMP and AVIF: convert the picture, or leave it out.";
        return null;
    }

    /// <summary>Whether a file type box names a brand of still pictures. Brands: ISO/IEC 23008-12, annex B; AV1 Image File Format
    /// 1.1.</summary>
    private static bool IsHeif(ReadOnlySpan<byte> bytes)
    {
        var box = bytes[..(int)Math.Min((uint)bytes.Length, Math.Max(12, BinaryPrimitives.ReadUInt32BigEndian(bytes)))];
        for (var at = 8; at + 4 <= box.Length; at += 4)
        {
            var brand = box.Slice(at, 4);
            foreach (var picture in HeifBrands)
            {
                if (at != 12 && brand.SequenceEqual(picture)) // at 12 stands the minor version
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static string Describe(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 12 && bytes[4..8].SequenceEqual("ftyp"u8))
        {
            return bytes[8..12].StartsWith("cr"u8) ? "this is a raw picture of a Canon camera" : "this is an MP4 or QuickTime film";
        }

        if (
            bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' '])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A])
        )
        {
            return "this is a JPEG XL picture";
        }

        if (
            bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' '])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51])
        )
        {
            return "this is a JPEG 2000 picture";
        }

        if (bytes.StartsWith("%PDF"u8))
        {
            return "this is a PDF document";
        }

        var start = bytes[..Math.Min(bytes.Length, 256)];
        if (start.IndexOf("<svg"u8) >= 0)
        {
            return "this is an SVG drawing";
        }

        return start.IndexOfAnyExceptInRange((byte)9, (byte)126) < 0
            ? "this is text, not a picture"
            : $"the first bytes ({Convert.ToHexString(bytes[..Math.Min(bytes.Length, 8)])}) are not those of a picture";
    }
}
