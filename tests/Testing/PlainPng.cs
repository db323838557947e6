using System.Buffers.Binary;
using System.IO.Compression;

namespace MLNetPerson.Testing;

/// <summary>Writes PNG files chunk by chunk, right ones and wrong ones.</summary>
public static class PlainPng
{
    /// <summary>A PNG of any depth from raw scanline bytes.</summary>
    /// <param name="colourType">0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA.</param>
    /// <param name="rows">Height × bytes per row, without filter bytes.</param>
    public static byte[] Encode(int width, int height, int bitDepth, int colourType, byte[] rows, byte[]? palette = null)
    {
        var stride = rows.Length / height;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(rows, y * stride, stride);
            }
        }

        return
        [
            .. Start(width, height, bitDepth, colourType),
            .. palette is null ? [] : Chunk("PLTE", palette),
            .. Chunk("IDAT", packed.ToArray()),
            .. Chunk("IEND", []),
        ];
    }

    /// <summary>The same picture with a colour profile.</summary>
    public static byte[] WithProfile(byte[] png, byte[] profile)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(profile);
        }

        const int HeaderEnd = 8 + 25;
        return [.. png[..HeaderEnd], .. Chunk("iCCP", [.. "profile\0\0"u8, .. packed.ToArray()]), .. png[HeaderEnd..]];
    }

    /// <summary>The same picture with an XMP packet, as uncompressed international text.</summary>
    public static byte[] WithXmp(byte[] png, byte[] packet)
    {
        const int HeaderEnd = 8 + 25;
        return [.. png[..HeaderEnd], .. Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. packet]), .. png[HeaderEnd..]];
    }

    /// <summary>A PNG with right checksums around image data of the caller's.</summary>
    public static byte[] WithImageData(int width, int height, byte[] packed) =>
        [.. Start(width, height), .. Chunk("IDAT", packed), .. Chunk("IEND", [])];

    /// <summary>Signature and header only: what a picture of that size begins with.</summary>
    public static byte[] Start(int width, int height, int bitDepth = 8, int colourType = 2)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)bitDepth, (byte)colourType);
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header)];
    }

    private static byte[] Chunk(string name, byte[] content)
    {
        byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(name), .. content];
        var (length, check) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc(named));
        return [.. length, .. named, .. check];
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
