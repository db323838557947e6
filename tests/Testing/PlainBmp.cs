using System.Buffers.Binary;

namespace MLNetPerson.Testing;

/// <summary>Writes bitmap files of every kind that the decoder reads.</summary>
public static class PlainBmp
{
    /// <summary>A bitmap with a BITMAPINFOHEADER.</summary>
    /// <param name="height">Negative for top-down.</param>
    /// <param name="data">Rows padded to four bytes, or run lengths.</param>
    /// <param name="colours">Blue, green, red, 0 per palette entry; or channel masks.</param>
    public static byte[] Encode(int width, int height, int bits, uint compression, byte[] data, byte[]? colours = null)
    {
        colours ??= [];
        var file = new byte[54 + colours.Length + data.Length];
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54 + colours.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[26] = 1;
        file[28] = (byte)bits;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(30), compression);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(46), bits <= 8 && compression != 3 ? colours.Length / 4 : 0);
        colours.CopyTo(file, 54);
        data.CopyTo(file, 54 + colours.Length);
        return file;
    }

    /// <summary>24 bits a pixel, bottom-up, from [height, width, 3] RGB.</summary>
    public static byte[] FromRgb(int width, int height, byte[] rgb)
    {
        var stride = ((width * 3) + 3) / 4 * 4;
        var data = new byte[stride * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    data[((height - 1 - y) * stride) + (x * 3) + channel] = rgb[(((y * width) + x) * 3) + 2 - channel];
                }
            }
        }

        return Encode(width, height, 24, 0, data);
    }
}
