namespace MLNetPerson.Testing;

/// <summary>Writes GIF files of solid frames, without compression to speak of.</summary>
public static class PlainGif
{
    /// <summary>An animation; each frame is one colour of the palette.</summary>
    public static byte[] Encode(int width, int height, params (byte R, byte G, byte B)[] frames)
    {
        List<byte> bytes = [.. "GIF89a"u8, .. Short(width), .. Short(height), 0xF1, 0, 0]; // four global colours
        for (var i = 0; i < 4; i++)
        {
            var (r, g, b) = frames[i % frames.Length];
            bytes.AddRange([r, g, b]);
        }

        for (var frame = 0; frame < frames.Length; frame++)
        {
            bytes.AddRange([0x21, 0xF9, 4, 0, 10, 0, 0, 0]);
            bytes.AddRange([0x2C, 0, 0, 0, 0, .. Short(width), .. Short(height), 0]);
            bytes.Add(2); // codes start at three bits
            var data = Codes(width * height, frame);
            foreach (var block in data.Chunk(255))
            {
                bytes.Add((byte)block.Length);
                bytes.AddRange(block);
            }

            bytes.Add(0);
        }

        bytes.Add(0x3B);
        return [.. bytes];
    }

    // A clear code before every second pixel keeps all codes at three bits.
    private static byte[] Codes(int pixels, int colour)
    {
        List<int> codes = [];
        for (var i = 0; i < pixels; i++)
        {
            if (i % 2 == 0)
            {
                codes.Add(4);
            }

            codes.Add(colour);
        }

        codes.Add(5);
        var bytes = new byte[((codes.Count * 3) + 7) / 8];
        for (var i = 0; i < codes.Count * 3; i++)
        {
            if ((codes[i / 3] >> (i % 3) & 1) == 1)
            {
                bytes[i / 8] |= (byte)(1 << (i % 8));
            }
        }

        return bytes;
    }

    private static byte[] Short(int value) => [(byte)value, (byte)(value >> 8)];
}
