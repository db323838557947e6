using System.Buffers.Binary;

namespace MLNetPerson.Testing;

/// <summary>Wraps WebP pictures into the extended format. Layout: RFC 9649, section 2.7.</summary>
public static class PlainWebP
{
    private const byte HasXmp = 4;

    /// <summary>The same picture with an XMP packet.</summary>
    /// <param name="webp">A picture in the simple format.</param>
    public static byte[] WithXmp(byte[] webp, int width, int height, byte[] packet)
    {
        byte[] sides = new byte[10];
        sides[0] = HasXmp;
        (sides[4], sides[5], sides[7], sides[8]) = (
            (byte)(width - 1),
            (byte)((width - 1) >> 8),
            (byte)(height - 1),
            (byte)((height - 1) >> 8)
        );
        byte[] body = [.. "WEBP"u8, .. Chunk("VP8X", sides), .. webp[12..], .. Chunk("XMP ", packet)];
        return Chunk("RIFF", body);
    }

    private static byte[] Chunk(string name, byte[] content)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        return [.. System.Text.Encoding.ASCII.GetBytes(name), .. length, .. content, .. new byte[content.Length % 2]];
    }
}
