namespace MLNetPerson.Training.Bundles;

/// <summary>Marks a JPEG as stored on its side, as cameras do.</summary>
internal static class ExifOrientation
{
    /// <summary>An APP1 segment with a TIFF header of one entry: tag 274, one short. TIFF 6.0 and Exif 2.3, section 4.7.</summary>
    private static readonly byte[] Segment =
    [
        0xFF,
        0xE1,
        0x00,
        0x22,
        .. "Exif\0\0"u8,
        .. "MM"u8,
        0x00,
        0x2A,
        0x00,
        0x00,
        0x00,
        0x08,
        0x00,
        0x01,
        0x01,
        0x12,
        0x00,
        0x03,
        0x00,
        0x00,
        0x00,
        0x01,
        0x00,
        0x00,
        0x00,
        0x00,
        0x00,
        0x00,
        0x00,
        0x00,
    ];

    private const int ValueInSegment = 29;
    private const int StartOfImage = 2;

    /// <summary>The same file with the orientation in front.</summary>
    /// <param name="jpeg">Without one.</param>
    /// <param name="orientation">1 to 8.</param>
    public static byte[] Insert(byte[] jpeg, byte orientation)
    {
        var segment = (byte[])Segment.Clone();
        segment[ValueInSegment] = orientation;
        return [.. jpeg.AsSpan(0, StartOfImage), .. segment, .. jpeg.AsSpan(StartOfImage)];
    }
}
