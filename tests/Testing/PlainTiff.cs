using System.Buffers.Binary;

namespace MLNetPerson.Testing;

/// <summary>Writes small TIFF files of one strip, in any byte order, as TIFF or BigTIFF.</summary>
public static class PlainTiff
{
    /// <summary>8-bit samples.</summary>
    /// <param name="photometric">2 RGB, 8 CIE L*a*b*, 9 ICC L*a*b*.</param>
    /// <param name="samples">[height, width, channels]; channels beyond three are declared to be unspecified.</param>
    /// <param name="compression">1 none; else the samples are packed already, three channels of them.</param>
    public static byte[] Encode(
        int width,
        int height,
        int photometric,
        byte[] samples,
        bool bigEndian = false,
        bool bigTiff = false,
        int compression = 1
    )
    {
        var channels = compression == 1 ? samples.Length / width / height : 3;
        (int Tag, long[] Values)[] entries =
        [
            (256, [width]),
            (257, [height]),
            (258, [.. Enumerable.Repeat(8L, channels)]),
            (259, [compression]),
            (262, [photometric]),
            (273, [bigTiff ? 16 : 8]),
            (277, [channels]),
            (278, [height]),
            (279, [samples.Length]),
            .. channels <= 3 ? Array.Empty<(int, long[])>() : [(338, new long[channels - 3])],
        ];
        var directory = (bigTiff ? 16 : 8) + samples.Length;
        var outside = directory + (bigTiff ? 8 + (20 * entries.Length) + 8 : 2 + (12 * entries.Length) + 4);
        using var file = new MemoryStream();
        Write(bigEndian ? "MM"u8 : "II"u8);
        Number(bigTiff ? 43 : 42, 2);
        if (bigTiff)
        {
            Number(8, 2);
            Number(0, 2);
        }

        Number(directory, bigTiff ? 8 : 4);
        Write(samples);
        Number(entries.Length, bigTiff ? 8 : 2);
        var (inline, later) = (bigTiff ? 8 : 4, new List<long>());
        foreach (var (tag, values) in entries)
        {
            var isShort = tag is not (273 or 279);
            var size = isShort ? 2 : 4;
            Number(tag, 2);
            Number(isShort ? 3 : 4, 2);
            Number(values.Length, bigTiff ? 8 : 4);
            if (values.Length * size > inline)
            {
                Number(outside + (2 * later.Count), inline);
                later.AddRange(values);
                continue;
            }

            foreach (var value in values)
            {
                Number(value, size);
            }

            Write(new byte[inline - (values.Length * size)]);
        }

        Number(0, bigTiff ? 8 : 4);
        later.ForEach(value => Number(value, 2));
        return file.ToArray();

        void Write(ReadOnlySpan<byte> bytes) => file.Write(bytes);

        void Number(long value, int size)
        {
            Span<byte> bytes = stackalloc byte[8];
            if (bigEndian)
            {
                BinaryPrimitives.WriteInt64BigEndian(bytes, value);
                file.Write(bytes[(8 - size)..]);
            }
            else
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
                file.Write(bytes[..size]);
            }
        }
    }
}
