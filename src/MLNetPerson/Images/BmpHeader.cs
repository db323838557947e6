using System.Buffers.Binary;

namespace MLNetPerson.Images;

/// <summary>
/// A Windows bitmap's headers, all of which are checked here. Layout: the public documentation of BITMAPFILEHEADER,
/// BITMAPCOREHEADER, BITMAPINFOHEADER and its later versions.
/// </summary>
internal sealed record BmpHeader
{
    public const int FileHeaderSize = 14;
    private const int CoreHeaderSize = 12;
    private const int InfoHeaderSize = 40;
    private const int LargestHeaderSize = 124; // BITMAPV5HEADER
    private const uint EmbeddedJpeg = 4; // BI_JPEG
    private const uint EmbeddedPng = 5; // BI_PNG

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required bool TopDown { get; init; }

    public required int BitsPerPixel { get; init; }

    public required BmpCompression Compression { get; init; }

    public required int PixelOffset { get; init; }

    /// <summary>Where each channel lies in a 16- or 32-bit pixel; zero where the picture has no such channel.</summary>
    public required (uint Red, uint Green, uint Blue, uint Alpha) Masks { get; init; }

    /// <summary>[entries, 3] red, green, blue; empty above 8 bits a pixel.</summary>
    public required byte[] Palette { get; init; }

    public static BmpHeader Read(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < FileHeaderSize + CoreHeaderSize)
        {
            throw Damaged(name, $"the header needs at least {FileHeaderSize + CoreHeaderSize} bytes, there are {bytes.Length}");
        }

        var pixelOffset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]);
        var headerSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]);
        var info = bytes[FileHeaderSize..];
        if (headerSize != CoreHeaderSize && headerSize is < InfoHeaderSize or > LargestHeaderSize || headerSize > info.Length)
        {
            throw Damaged(name, $"a header of {headerSize} bytes is not that of a bitmap");
        }

        var core = headerSize == CoreHeaderSize;
        var width = core ? BinaryPrimitives.ReadUInt16LittleEndian(info[4..]) : BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
        var height = core ? BinaryPrimitives.ReadUInt16LittleEndian(info[6..]) : BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(info[(core ? 10 : 14)..]);
        var compression = core ? BmpCompression.None : (BmpCompression)BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
        if (width < 1 || height is 0 or int.MinValue)
        {
            throw Damaged(name, $"a size of {width} x {height} pixels is not one");
        }

        Check(bits, compression, name);
        var masksInside = headerSize >= 52; // BITMAPV2INFOHEADER and later carry the masks themselves
        var masks = Masks32(info, bits, compression, (int)headerSize, name);
        var paletteStart = FileHeaderSize + (int)headerSize + (compression is BmpCompression.BitFields && !masksInside ? 12 : 0);
        return new BmpHeader
        {
            Width = width,
            Height = Math.Abs(height),
            TopDown = height < 0,
            BitsPerPixel = bits,
            Compression = compression,
            PixelOffset =
                pixelOffset <= bytes.Length
                    ? (int)pixelOffset
                    : throw Damaged(name, $"pixels are promised at byte {pixelOffset}, the file ends at {bytes.Length}"),
            Masks = masks,
            Palette = bits <= 8 ? ReadPalette(bytes, info, paletteStart, core, bits, (int)pixelOffset, name) : [],
        };
    }

    public static ImageException Damaged(string name, string what) =>
        new(
            ImageFault.Damaged,
            name,
            $"the bitmap is cut short or damaged ({what}). Fetch it again from where it came from, or leave it out."
        );

    private static void Check(int bits, BmpCompression compression, string name)
    {
        var known = compression switch
        {
            BmpCompression.None => bits is 1 or 4 or 8 or 16 or 24 or 32,
            BmpCompression.RunLength8 => bits == 8,
            BmpCompression.RunLength4 => bits == 4,
            BmpCompression.BitFields or BmpCompression.AlphaBitFields => bits is 16 or 32,
            _ => false,
        };
        if (!known)
        {
            throw (uint)compression is EmbeddedJpeg or EmbeddedPng
                ? new ImageException(
                    ImageFault.UnsupportedKind,
                    name,
                    $"this kind of BMP file is not read (a {((uint)compression == EmbeddedJpeg ? "JPEG" : "PNG")} picture inside a "
                        + $"bitmap). Convert the picture to a common kind (ImageMagick: magick IN OUT.png), or leave it out."
                )
                : Damaged(name, $"{bits} bits a pixel with compression {(uint)compression} is not decoded");
        }
    }

    private static (uint, uint, uint, uint) Masks32(
        ReadOnlySpan<byte> info,
        int bits,
        BmpCompression compression,
        int headerSize,
        string name
    )
    {
        if (compression is not (BmpCompression.BitFields or BmpCompression.AlphaBitFields))
        {
            return bits == 16 ? (0x7C00u, 0x03E0u, 0x001Fu, 0u) : (0xFF0000u, 0x00FF00u, 0x0000FFu, 0u);
        }

        var count = compression == BmpCompression.AlphaBitFields || headerSize >= 56 ? 4 : 3;
        if (info.Length < InfoHeaderSize + (count * 4))
        {
            throw Damaged(name, "the channel masks are missing");
        }

        uint Mask(ReadOnlySpan<byte> from, int index) => BinaryPrimitives.ReadUInt32LittleEndian(from[(InfoHeaderSize + (index * 4))..]);
        var masks = (Mask(info, 0), Mask(info, 1), Mask(info, 2), count == 4 ? Mask(info, 3) : 0u);
        return (masks.Item1 | masks.Item2 | masks.Item3) == 0 ? throw Damaged(name, "all channel masks are zero") : masks;
    }

    private static byte[] ReadPalette(
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<byte> info,
        int start,
        bool core,
        int bits,
        int pixelOffset,
        string name
    )
    {
        var entrySize = core ? 3 : 4;
        var said = core ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[32..]);
        var entries = (int)Math.Min(said == 0 ? 1u << bits : said, 256u);
        entries = Math.Min(entries, Math.Max(0, (pixelOffset - start) / entrySize));
        if (entries == 0 || start + (entries * entrySize) > bytes.Length)
        {
            throw Damaged(name, "the palette is missing");
        }

        var palette = new byte[entries * 3];
        for (var entry = 0; entry < entries; entry++)
        {
            var at = start + (entry * entrySize); // blue, green, red
            (palette[entry * 3], palette[(entry * 3) + 1], palette[(entry * 3) + 2]) = (bytes[at + 2], bytes[at + 1], bytes[at]);
        }

        return palette;
    }
}
