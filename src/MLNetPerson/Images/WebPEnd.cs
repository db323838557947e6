using System.Buffers.Binary;

namespace MLNetPerson.Images;

/// <summary>
/// Finds a WebP whose end is overwritten by a fill value, as a broken transfer leaves it: both of WebP's coders read zeros as pixels.
/// </summary>
internal static class WebPEnd
{
    /// <summary>So many equal bytes at least are asked about.</summary>
    private const int FillBytes = 64;

    /// <summary>Bits a pixel that a wholly flat picture may spend on equal bytes at the end of its data. Measured: 0.022 at quality 100, 0
    /// below, for 100 × 100 to 8000 × 8000 pixels of four colours (libwebp 1.2.4).</summary>
    private const double FlatBits = 0.04;

    private const int HeaderSize = 12;
    private const int ChunkHeader = 8;

    /// <summary>What is wrong, or null.</summary>
    public static string? Fault(ReadOnlySpan<byte> bytes)
    {
        for (var at = HeaderSize; at + ChunkHeader <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
            var data = bytes.Slice(at + ChunkHeader, (int)Math.Min(length, (uint)(bytes.Length - at - ChunkHeader)));
            if (Pixels(bytes.Slice(at, 4), data) is var pixels and > 0)
            {
                var fill = data.Length - 1 - data.LastIndexOfAnyExcept(data[^1]);
                if (fill >= FillBytes && fill * 8.0 > FlatBits * pixels)
                {
                    return $"its last {fill:N0} bytes are all {data[^1]}";
                }
            }

            at = (int)Math.Min(bytes.Length, at + ChunkHeader + (long)length + (length & 1));
        }

        return null;
    }

    /// <summary>Width times height of a chunk that holds a picture; 0 for others. Layout: RFC 6386, section 9.1; RFC 9649, section
    /// 3.4.</summary>
    private static long Pixels(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        const int Side = 0x3FFF; // 14 bits
        if (data.Length < 10)
        {
            return 0;
        }

        if (name.SequenceEqual("VP8 "u8))
        {
            return (long)(BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & Side)
                * (BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & Side);
        }

        var sides = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        return name.SequenceEqual("VP8L"u8) ? ((sides & Side) + 1L) * (((sides >> 14) & Side) + 1L) : 0;
    }
}
