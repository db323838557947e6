namespace MLNetPerson.Images;

/// <summary>The orientation in a picture's XMP packet, which editors write where a file has no EXIF.</summary>
/// <remarks>XMP specification, part 2, section 2.3 (tiff:Orientation, as an attribute or as an element). Pillow reads it after EXIF's too
/// (Image.getexif).</remarks>
internal static class XmpOrientation
{
    /// <summary>1 to 8; 1 where the packet names none.</summary>
    public static int Of(ReadOnlySpan<byte> xmp)
    {
        var name = "tiff:Orientation"u8;
        for (var at = xmp.IndexOf(name); at >= 0;)
        {
            var value = xmp[(at + name.Length)..];
            var digit = value.IndexOfAnyExcept(" \t\r\n=>\"'"u8);
            if (
                digit > 0
                && value[digit] is >= (byte)'1' and <= (byte)'8'
                && (digit + 1 >= value.Length || !char.IsAsciiDigit((char)value[digit + 1]))
            )
            {
                return value[digit] - '0';
            }

            var next = value.IndexOf(name);
            at = next < 0 ? -1 : at + name.Length + next;
        }

        return 1;
    }
}
