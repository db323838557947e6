using System.Buffers.Binary;

namespace MLNetPerson.Images;

/// <summary>The first directory of a TIFF or BigTIFF file: the numbers that say where its pixels lie and what they are. Layout: TIFF 6.0,
/// section 2; BigTIFF after libtiff's specification.</summary>
internal sealed class TiffDirectory
{
    public const int Width = 256;
    public const int Height = 257;
    public const int BitsPerSample = 258;
    public const int Compression = 259;
    public const int Photometric = 262;
    public const int StripOffsets = 273;
    public const int SamplesPerPixel = 277;
    public const int StripByteCounts = 279;
    public const int TileOffsets = 324;
    public const int TileByteCounts = 325;

    private const int MostEntries = 4096; // libtiff itself warns far below
    private const int MostValues = 1 << 20; // strips or tiles
    private const ushort Short = 3;
    private const ushort Long = 4;
    private const ushort Long8 = 16;

    private readonly Dictionary<int, Entry> _entries = [];

    private TiffDirectory(bool isBigEndian) => IsBigEndian = isBigEndian;

    /// <summary>Where a tag's values lie.</summary>
    private readonly record struct Entry(ushort Type, long Count, long At);

    private bool IsBigEndian { get; }

    /// <summary>The directory, or null where the file has none that can be read; its decoder says why.</summary>
    public static TiffDirectory? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 16)
        {
            return null;
        }

        var directory = new TiffDirectory(bytes[0] == 'M');
        var isBig = directory.Number(bytes, 2, Short) == 43;
        var (counter, entrySize, inline) = isBig ? (8, 20, 8) : (2, 12, 4);
        var at = (long)directory.Number(bytes, isBig ? 8 : 4, isBig ? Long8 : Long);
        if (at < 8 || at + counter > bytes.Length)
        {
            return null;
        }

        var count = Math.Min(MostEntries, directory.Number(bytes, at, isBig ? Long8 : Short));
        for (var entry = at + counter; count > 0 && entry + entrySize <= bytes.Length; entry += entrySize, count--)
        {
            var type = (ushort)directory.Number(bytes, entry + 2, Short);
            var values = (long)directory.Number(bytes, entry + 4, isBig ? Long8 : Long);
            var size = Size(type);
            if (size == 0 || values < 1 || values > MostValues)
            {
                continue; // a text, a fraction: none that is asked for here
            }

            var start = entry + (isBig ? 12 : 8);
            directory._entries[(int)directory.Number(bytes, entry, Short)] = new Entry(
                type,
                values,
                values * size <= inline ? start : (long)directory.Number(bytes, start, isBig ? Long8 : Long)
            );
        }

        return directory;
    }

    /// <summary>A tag's values; empty where it is missing or leads out of the file.</summary>
    public long[] Values(ReadOnlySpan<byte> bytes, int tag)
    {
        if (!_entries.TryGetValue(tag, out var entry) || entry.At < 0 || entry.At + (entry.Count * Size(entry.Type)) > bytes.Length)
        {
            return [];
        }

        var values = new long[entry.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (long)Number(bytes, entry.At + (i * Size(entry.Type)), entry.Type);
        }

        return values;
    }

    /// <summary>A tag's first value, or <paramref name="otherwise"/>.</summary>
    public long Value(ReadOnlySpan<byte> bytes, int tag, long otherwise) => Values(bytes, tag) is [var value, ..] ? value : otherwise;

    /// <summary>Writes a tag's first value, which must be there and a SHORT.</summary>
    public void SetShort(Span<byte> bytes, int tag, ushort value)
    {
        var at = bytes[(int)_entries[tag].At..];
        if (IsBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(at, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(at, value);
        }
    }

    /// <summary>Whether a tag's values are SHORTs.</summary>
    public bool IsShort(int tag) => _entries.TryGetValue(tag, out var entry) && entry.Type == Short;

    private static int Size(ushort type) =>
        type switch
        {
            Short => 2,
            Long => 4,
            Long8 => 8,
            _ => 0,
        };

    private ulong Number(ReadOnlySpan<byte> bytes, long at, ushort type)
    {
        var from = bytes[(int)at..];
        return (type, IsBigEndian) switch
        {
            (Short, true) => BinaryPrimitives.ReadUInt16BigEndian(from),
            (Short, false) => BinaryPrimitives.ReadUInt16LittleEndian(from),
            (Long, true) => BinaryPrimitives.ReadUInt32BigEndian(from),
            (Long, false) => BinaryPrimitives.ReadUInt32LittleEndian(from),
            (_, true) => BinaryPrimitives.ReadUInt64BigEndian(from),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(from),
        };
    }
}
