using System.Buffers.Binary;
using System.Numerics;

namespace MLNetPerson.Images;

/// <summary>
/// Decodes Windows bitmaps, the one format of ours that libvips leaves to others: 1 to 32 bits a pixel, palettes,
/// channel masks, run lengths, top-down and bottom-up. Anything short or out of range is an error.
/// </summary>
internal static class BmpDecoder
{
    public static ImageHeader ReadHeader(ReadOnlySpan<byte> bytes, string name)
    {
        var header = BmpHeader.Read(bytes, name);
        return new ImageHeader(ImageFormat.Bmp, header.Width, header.Height, 1);
    }

    public static BmpPixels Decode(ReadOnlySpan<byte> bytes, string name)
    {
        var header = BmpHeader.Read(bytes, name);
        var data = bytes[header.PixelOffset..];
        if (header.Compression is BmpCompression.RunLength8 or BmpCompression.RunLength4)
        {
            return new BmpPixels(FromPalette(header, BmpRunLength.Decode(header, data, name), name), 3);
        }

        // Rows are padded to four bytes.
        var stride = (((long)header.Width * header.BitsPerPixel) + 31) / 32 * 4;
        if (stride * header.Height > data.Length)
        {
            throw BmpHeader.Damaged(name, $"{header.Height} rows of {stride} bytes are promised, {data.Length} bytes are there");
        }

        return header.BitsPerPixel switch
        {
            <= 8 => new BmpPixels(FromPalette(header, Indices(header, data, (int)stride), name), 3),
            24 => new BmpPixels(Rgb24(header, data, (int)stride), 3),
            _ => Masked(header, data, (int)stride),
        };
    }

    private static byte[] Indices(BmpHeader header, ReadOnlySpan<byte> data, int stride)
    {
        var indices = new byte[header.Width * header.Height];
        var perByte = 8 / header.BitsPerPixel;
        var mask = (1 << header.BitsPerPixel) - 1;
        for (var y = 0; y < header.Height; y++)
        {
            var row = Row(header, data, stride, y);
            for (var x = 0; x < header.Width; x++)
            {
                var shift = (perByte - 1 - (x % perByte)) * header.BitsPerPixel; // the leftmost pixel is in the high bits
                indices[(y * header.Width) + x] = (byte)((row[x / perByte] >> shift) & mask);
            }
        }

        return indices;
    }

    private static byte[] FromPalette(BmpHeader header, byte[] indices, string name)
    {
        var pixels = new byte[indices.Length * 3];
        for (var i = 0; i < indices.Length; i++)
        {
            var at = indices[i] * 3;
            if (at >= header.Palette.Length)
            {
                throw BmpHeader.Damaged(name, $"pixel {i} has colour {indices[i]} of a palette of {header.Palette.Length / 3}");
            }

            header.Palette.AsSpan(at, 3).CopyTo(pixels.AsSpan(i * 3));
        }

        return pixels;
    }

    private static byte[] Rgb24(BmpHeader header, ReadOnlySpan<byte> data, int stride)
    {
        var pixels = new byte[header.Width * header.Height * 3];
        for (var y = 0; y < header.Height; y++)
        {
            var row = Row(header, data, stride, y);
            var to = pixels.AsSpan(y * header.Width * 3);
            for (var x = 0; x < header.Width * 3; x += 3)
            {
                (to[x], to[x + 1], to[x + 2]) = (row[x + 2], row[x + 1], row[x]);
            }
        }

        return pixels;
    }

    private static BmpPixels Masked(BmpHeader header, ReadOnlySpan<byte> data, int stride)
    {
        var channels = header.Masks.Alpha == 0 ? 3 : 4;
        var pixels = new byte[header.Width * header.Height * channels];
        var at = 0;
        for (var y = 0; y < header.Height; y++)
        {
            var row = Row(header, data, stride, y);
            for (var x = 0; x < header.Width; x++)
            {
                var pixel =
                    header.BitsPerPixel == 16
                        ? BinaryPrimitives.ReadUInt16LittleEndian(row[(x * 2)..])
                        : BinaryPrimitives.ReadUInt32LittleEndian(row[(x * 4)..]);
                pixels[at++] = Channel(pixel, header.Masks.Red);
                pixels[at++] = Channel(pixel, header.Masks.Green);
                pixels[at++] = Channel(pixel, header.Masks.Blue);
                if (channels == 4)
                {
                    pixels[at++] = Channel(pixel, header.Masks.Alpha);
                }
            }
        }

        return new BmpPixels(pixels, channels);
    }

    private static byte Channel(uint pixel, uint mask)
    {
        if (mask == 0)
        {
            return 0;
        }

        var shift = BitOperations.TrailingZeroCount(mask);
        var most = mask >> shift;
        return (byte)((((ulong)((pixel & mask) >> shift) * 255) + (most / 2)) / most);
    }

    private static ReadOnlySpan<byte> Row(BmpHeader header, ReadOnlySpan<byte> data, int stride, int y) =>
        data.Slice((header.TopDown ? y : header.Height - 1 - y) * stride, stride);
}
