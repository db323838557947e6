using System.Buffers.Binary;

namespace MLNetPerson.Testing;

/// <summary>Edits JPEG files byte by byte.</summary>
public static class PlainJpeg
{
    /// <summary>Puts an EXIF segment that holds nothing but an orientation, 1 to 8, behind the start marker.</summary>
    public static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        byte[] tiff =
        [
            (byte)'M',
            (byte)'M',
            0,
            42,
            0,
            0,
            0,
            8, // big-endian, first directory at 8
            0,
            1, // one entry
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte)orientation,
            0,
            0,
            0,
            0,
            0,
            0, // no further directory
        ];
        return WithSegment(jpeg, 0xE1, [.. "Exif\0\0"u8, .. tiff]);
    }

    /// <summary>Puts a colour profile into the file.</summary>
    public static byte[] WithProfile(byte[] jpeg, byte[] profile) => WithSegment(jpeg, 0xE2, [.. "ICC_PROFILE\0"u8, 1, 1, .. profile]);

    /// <summary>Puts an XMP packet into the file.</summary>
    public static byte[] WithXmp(byte[] jpeg, byte[] packet) => WithSegment(jpeg, 0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. packet]);

    private static byte[] WithSegment(byte[] jpeg, byte marker, byte[] content)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(content.Length + 2));
        return [.. jpeg[..2], 0xFF, marker, .. length, .. content, .. jpeg[2..]];
    }
}
