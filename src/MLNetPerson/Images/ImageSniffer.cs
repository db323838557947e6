namespace MLNetPerson.Images;

/// <summary>Tells a format by its first bytes; file names are not asked.</summary>
internal static class ImageSniffer
{
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

        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8))
        {
            return ImageFormat.Tiff;
        }

        if (bytes.StartsWith("BM"u8))
        {
            return ImageFormat.Bmp;
        }

        reason = $"{Describe(bytes)}. Decoded are JPEG, PNG, WebP, GIF, TIFF and BMP: convert the picture, or leave it out.";
        return null;
    }

    private static string Describe(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 12 && bytes[4..8].SequenceEqual("ftyp"u8))
        {
            return bytes[8..12].StartsWith("avi"u8) ? "this is an AVIF picture" : "this is a HEIF picture or an MP4 film";
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
