namespace MLNetPerson.Images;

/// <summary>
/// Finds what decoders do not tell: a JPEG whose end is overwritten by a fill value, as a broken transfer or memory card leaves it (the
/// zeros decode to grey blocks), and a GIF frame with fewer pixels than it promises (the rest becomes transparent). Later frames are
/// looked at too, though only the first is
/// decoded: a file that is cut there is cut.
/// </summary>
internal static class PictureEnd
{
    /// <summary>So many equal bytes at the end, and no end marker, are no coded picture.</summary>
    private const int FillBytes = 16;

    private const int LargestCode = 12; // bits, GIF89a appendix F

    /// <summary>What is wrong with the end of the picture's data, or null.</summary>
    public static string? Fault(ReadOnlySpan<byte> bytes, ImageFormat format) =>
        format switch
        {
            ImageFormat.Jpeg => JpegFault(bytes),
            ImageFormat.Gif => GifFault(bytes),
            ImageFormat.WebP => WebPEnd.Fault(bytes),
            ImageFormat.Tiff => TiffChecksums.Fault(bytes),
            _ => null,
        };

    /// <summary>Whether the bytes that a JPEG's decoder left over before an end marker are padding: zeros, as some cameras and editors
    /// fill up blocks. Other bytes there are the rest of coded data that went astray.</summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="count">How many bytes the decoder passed over.</param>
    public static bool IsPadding(ReadOnlySpan<byte> jpeg, int count)
    {
        for (
            var end = jpeg.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]);
            end > 0;
            end = jpeg[..end].LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9])
        )
        {
            var before = jpeg[..end].TrimEnd((byte)0xFF);
            if (before.Length >= count && before[^count..].IndexOfAnyExcept((byte)0) < 0)
            {
                return true;
            }
        }

        return false;
    }

    private static string? JpegFault(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FillBytes || bytes[^FillBytes..].IndexOfAnyExcept(bytes[^1]) >= 0)
        {
            return null; // the usual end, an end marker above all
        }

        return HasEndMarker(bytes) ? null : $"its end marker is missing, and the last {FillBytes} bytes are all {bytes[^1]}";
    }

    /// <summary>Walks the segments; inside coded data only markers count that are neither stuffed bytes nor restarts.</summary>
    private static bool HasEndMarker(ReadOnlySpan<byte> bytes)
    {
        var at = 2;
        while (at + 4 <= bytes.Length)
        {
            var step = bytes[at..].IndexOf((byte)0xFF);
            if (step < 0)
            {
                return false;
            }

            at += step;
            var marker = at + 1 < bytes.Length ? bytes[at + 1] : 0;
            if (marker == 0xD9)
            {
                return true;
            }

            at += marker switch
            {
                0xFF => 1,
                0 or (>= 0xD0 and <= 0xD8) or 1 => 2,
                _ when at + 4 <= bytes.Length => 2 + ((bytes[at + 2] << 8) | bytes[at + 3]),
                _ => bytes.Length,
            };
        }

        return at + 2 <= bytes.Length && bytes[at] == 0xFF && bytes[at + 1] == 0xD9;
    }

    /// <summary>Walks the blocks, and counts the pixels that every frame's codes stand for, without decoding them.</summary>
    private static string? GifFault(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 13)
        {
            return null; // the decoder says so
        }

        var at = 13 + Palette(bytes[10]);
        for (var frame = 1; at < bytes.Length;)
        {
            if (bytes[at] is not (0x21 or 0x2C))
            {
                return null; // the trailer, or junk after the last frame, which no decoder minds
            }

            var start = at + 2;
            if (bytes[at] == 0x2C)
            {
                var data = at + 11 <= bytes.Length ? at + 10 + Palette(bytes[at + 9]) : bytes.Length;
                if (data >= bytes.Length || bytes[data] is < 1 or >= LargestCode)
                {
                    return frame == 1 ? null : $"frame {frame} has no pixels";
                }

                var promised = Short(bytes, at + 5) * (long)Short(bytes, at + 7);
                if (Pixels(bytes, data + 1, bytes[data], promised) is var pixels && pixels < promised)
                {
                    return $"frame {frame} has {pixels:N0} of {promised:N0} pixels";
                }

                (frame, start) = (frame + 1, data + 1);
            }

            at = SkipBlocks(bytes, start);
        }

        return at > bytes.Length ? "it ends within a block" : null;
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at) => bytes[at] | (bytes[at + 1] << 8);

    private static long Pixels(ReadOnlySpan<byte> bytes, int at, int codeBits, long promised)
    {
        var (clear, end) = (1 << codeBits, (1 << codeBits) + 1);
        Span<int> lengths = stackalloc int[1 << LargestCode];
        lengths[..clear].Fill(1);
        var (next, size, previous, pixels) = (end + 1, codeBits + 1, -1, 0L);
        var (buffer, bits, block) = (0u, 0, 0);
        while (pixels < promised)
        {
            while (bits < size)
            {
                if (block == 0)
                {
                    if (at >= bytes.Length || (block = bytes[at++]) == 0)
                    {
                        return pixels;
                    }
                }

                if (at >= bytes.Length)
                {
                    return pixels;
                }

                buffer |= (uint)bytes[at++] << bits;
                (bits, block) = (bits + 8, block - 1);
            }

            var code = (int)(buffer & ((1u << size) - 1));
            (buffer, bits) = (buffer >> size, bits - size);
            if (code == clear)
            {
                (next, size, previous) = (end + 1, codeBits + 1, -1);
                continue;
            }

            if (code == end || code > next || (code == next && previous < 0) || (code >= clear && previous < 0))
            {
                return pixels;
            }

            if (previous >= 0 && next < lengths.Length)
            {
                lengths[next++] = lengths[previous] + 1;
                size += next == 1 << size && size < LargestCode ? 1 : 0;
            }

            pixels += code < clear ? 1 : lengths[code];
            previous = code;
        }

        return pixels;
    }

    private static int Palette(byte flags) => (flags & 0x80) != 0 ? 3 * (2 << (flags & 7)) : 0;

    private static int SkipBlocks(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length && bytes[at] != 0)
        {
            at += bytes[at] + 1;
        }

        return at + 1;
    }
}
