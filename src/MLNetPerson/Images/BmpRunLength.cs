namespace MLNetPerson.Images;

/// <summary>Unpacks the bitmap format's run lengths, RLE8 and RLE4, to one palette index a pixel.</summary>
internal static class BmpRunLength
{
    private const int EndOfLine = 0;
    private const int EndOfBitmap = 1;
    private const int Delta = 2;

    /// <summary>[height, width] palette indices, top row first. Pixels that were skipped keep index 0, as the format says.</summary>
    public static byte[] Decode(BmpHeader header, ReadOnlySpan<byte> data, string name)
    {
        var indices = new byte[header.Width * header.Height];
        var nibbles = header.Compression == BmpCompression.RunLength4;
        int x = 0,
            y = 0,
            at = 0;
        while (true)
        {
            if (at + 2 > data.Length)
            {
                throw BmpHeader.Damaged(name, $"the run lengths end in row {y} of {header.Height}");
            }

            int count = data[at],
                value = data[at + 1];
            at += 2;
            if (count > 0)
            {
                for (var i = 0; i < count; i++)
                {
                    Put(i, nibbles ? (byte)(i % 2 == 0 ? value >> 4 : value & 15) : (byte)value);
                }

                x += count;
            }
            else if (value == EndOfLine)
            {
                (x, y) = (0, y + 1);
            }
            else if (value == EndOfBitmap)
            {
                return indices;
            }
            else if (value == Delta)
            {
                if (at + 2 > data.Length)
                {
                    throw BmpHeader.Damaged(name, $"a jump in row {y} is cut off");
                }

                (x, y) = (x + data[at], y + data[at + 1]);
                at += 2;
            }
            else
            {
                var bytes = nibbles ? (value + 1) / 2 : value;
                if (at + bytes > data.Length)
                {
                    throw BmpHeader.Damaged(name, $"{value} literal pixels in row {y} are cut off");
                }

                for (var i = 0; i < value; i++)
                {
                    Put(i, nibbles ? (byte)(i % 2 == 0 ? data[at + (i / 2)] >> 4 : data[at + (i / 2)] & 15) : data[at + i]);
                }

                x += value;
                at += (bytes + 1) / 2 * 2; // literals are padded to two bytes
            }
        }

        void Put(int offset, byte index)
        {
            if (y >= header.Height || x + offset >= header.Width)
            {
                throw BmpHeader.Damaged(name, $"a run leaves the picture at column {x + offset}, row {y}");
            }

            indices[((header.TopDown ? y : header.Height - 1 - y) * header.Width) + x + offset] = index;
        }
    }
}
