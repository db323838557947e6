using System.IO.Compression;

namespace MLNetPerson.Images;

/// <summary>
/// Checks what libtiff leaves unchecked: it stops inflating a strip or tile as soon as it has enough bytes, and never meets the checksum
/// that follows them, so that overwritten bytes become other colours.
/// </summary>
internal static class TiffChecksums
{
    // TIFF Technical Note of Adobe (1995) and PKZIP's number, both zlib streams with an Adler-32 at the end (RFC 1950).
    private const int AdobeDeflate = 8;
    private const int Deflate = 32946;

    /// <summary>What is wrong with a compressed strip or tile, or null. Streams that end early are left to the decoder.</summary>
    public static unsafe string? Fault(ReadOnlySpan<byte> bytes)
    {
        if (
            TiffDirectory.Read(bytes) is not { } directory
            || directory.Value(bytes, TiffDirectory.Compression, 1) is not (AdobeDeflate or Deflate)
        )
        {
            return null;
        }

        var tiles = directory.Values(bytes, TiffDirectory.TileOffsets);
        var (kind, offsets, counts) =
            tiles.Length > 0
                ? ("tile", tiles, directory.Values(bytes, TiffDirectory.TileByteCounts))
                : ("strip", directory.Values(bytes, TiffDirectory.StripOffsets), directory.Values(bytes, TiffDirectory.StripByteCounts));
        var left = Budget(directory, bytes);
        for (var i = 0; i < Math.Min(offsets.Length, counts.Length) && left > 0; i++)
        {
            var (start, length) = (offsets[i], counts[i]);
            if (start < 0 || length <= 0 || start > bytes.Length - length)
            {
                continue; // an empty tile, or one outside of the file: the decoder judges them
            }

            fixed (byte* packed = bytes.Slice((int)start, (int)length))
            {
                if (!IsWhole(packed, length, ref left))
                {
                    return $"the compressed bytes of {kind} {i + 1} of {offsets.Length} do not fit their checksum";
                }
            }
        }

        return null;
    }

    /// <summary>So many bytes are inflated at most: a small file may stand for more than any memory holds. Tiles at the border are whole
    /// ones, hence the factor.</summary>
    private static long Budget(TiffDirectory directory, ReadOnlySpan<byte> bytes)
    {
        const long Slack = 1 << 20;
        double pixels = directory.Value(bytes, TiffDirectory.Width, 0) * (double)directory.Value(bytes, TiffDirectory.Height, 0);
        var bits = directory.Value(bytes, TiffDirectory.SamplesPerPixel, 1) * directory.Value(bytes, TiffDirectory.BitsPerSample, 1);
        return Slack + (long)Math.Min(int.MaxValue, 4 * pixels * bits / 8);
    }

    private static unsafe bool IsWhole(byte* packed, long length, ref long left)
    {
        using var source = new UnmanagedMemoryStream(packed, length);
        using var zlib = new ZLibStream(source, CompressionMode.Decompress);
        Span<byte> buffer = stackalloc byte[1 << 14];
        try
        {
            for (int read; left > 0 && (read = zlib.Read(buffer)) > 0;)
            {
                left -= read;
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
