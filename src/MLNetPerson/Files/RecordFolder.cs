using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace MLNetPerson.Files;

/// <summary>
/// Records of one length by a SHA-256, in a folder that many processes on many machines share without locks. Each process appends to a file
/// of its own; a record is the hash, the payload and a CRC-32C. A process that was killed loses at most the record that it was writing.
/// Records of one hash that stand in several files are the same work done twice: the smallest payload counts, so that what is read is a
/// function of what was written and not of who wrote first.
/// </summary>
/// <remarks>Memory: 16 bytes for each record that is kept.</remarks>
internal sealed class RecordFolder : IDisposable
{
    public const int HashBytes = 32;

    private const int ChecksumBytes = 4;
    private const int MostRuns = 8;

    private readonly string _ending;
    private readonly int _payloadBytes;
    private readonly Func<ulong, bool>? _keeps;
    private readonly Lock _writing = new();
    private readonly Lock _refreshing = new();

    // Replaced as wholes, so that readers need no lock: the files first, which entries of the runs point into.
    private volatile (string Path, SafeFileHandle File, long Indexed)[] _files = [];
    private volatile Entry[][] _runs = [];
    private FileStream? _own;

    // A record that is read twice is damaged once.
    private readonly ConcurrentDictionary<(long File, long Ordinal), bool> _damaged = new();

    /// <summary>Opens a folder, which is created where missing, and indexes what is in it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="payloadBytes">Length of each record's payload.</param>
    /// <param name="ending">Of this kind of records' files, with its dot.</param>
    /// <param name="keeps">Whether records whose hash begins with these 64 bits are wanted; null for all of them.</param>
    /// <exception cref="IOException">The folder cannot be made or read; the message is one sentence.</exception>
    public RecordFolder(string folder, int payloadBytes, string ending, Func<ulong, bool>? keeps = null)
    {
        (Folder, _payloadBytes, _ending, _keeps) = (folder, payloadBytes, ending, keeps);
        try
        {
            Directory.CreateDirectory(folder);
            Refresh();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The cache folder '{folder}' cannot be read: {exception.Message}", exception);
        }
    }

    public string Folder { get; }

    /// <summary>Records that are known.</summary>
    public long Count => _runs.Sum(run => (long)run.Length);

    /// <summary>Records whose checksum did not hold when they were read.</summary>
    public long Damaged => _damaged.Count;

    /// <summary>The file that this process appends to, or null as long as nothing was written.</summary>
    public string? OwnFile => _own?.Name;

    private int RecordBytes => HashBytes + _payloadBytes + ChecksumBytes;

    /// <summary>Takes up what other processes have written since. Others may read meanwhile.</summary>
    public void Refresh()
    {
        lock (_refreshing)
        {
            var files = _files.ToList();
            foreach (var path in Directory.GetFiles(Folder, "*" + _ending).Order(StringComparer.Ordinal))
            {
                if (files.All(file => file.Path != path))
                {
                    var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    files.Add((path, file, 0));
                }
            }

            List<Entry> found = [];
            for (var number = 0; number < files.Count; number++)
            {
                files[number] = files[number] with { Indexed = Index(files[number].File, files[number].Indexed, (uint)number, found) };
            }

            _files = [.. files];
            if (found.Count > 0)
            {
                var run = found.ToArray();
                Array.Sort(run);
                _runs = _runs.Length < MostRuns ? [.. _runs, run] : [Joined([.. _runs, run])];
            }
        }
    }

    /// <summary>Copies a record's payload; false where there is none, or only damaged ones.</summary>
    /// <param name="sha256">32 bytes.</param>
    /// <param name="payload">Receives it.</param>
    public bool TryRead(ReadOnlySpan<byte> sha256, Span<byte> payload)
    {
        var wanted = BinaryPrimitives.ReadUInt64BigEndian(sha256);
        var found = false;
        var record = ArrayPool<byte>.Shared.Rent(RecordBytes);
        try
        {
            var (runs, files) = (_runs, _files);
            foreach (var run in runs)
            {
                for (var at = FirstOf(run, wanted); at < run.Length && run[at].Prefix == wanted; at++)
                {
                    var bytes = record.AsSpan(0, RecordBytes);
                    var file = files[(int)run[at].File].File;
                    var isWhole =
                        RandomAccess.Read(file, bytes, run[at].Ordinal * (long)RecordBytes) == RecordBytes
                        && Checksum(bytes) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]);
                    if (!isWhole)
                    {
                        _damaged[(run[at].File, run[at].Ordinal)] = true;
                    }
                    else if (bytes[..HashBytes].SequenceEqual(sha256))
                    {
                        var content = bytes.Slice(HashBytes, _payloadBytes);
                        if (!found || content.SequenceCompareTo(payload) < 0)
                        {
                            content.CopyTo(payload);
                            found = true;
                        }
                    }
                }
            }

            return found;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(record);
        }
    }

    /// <summary>Appends a record. Thread-safe.</summary>
    /// <exception cref="IOException">The disk refuses; what was written before is kept, and the message is one sentence.</exception>
    public void Write(ReadOnlySpan<byte> sha256, ReadOnlySpan<byte> payload)
    {
        var record = ArrayPool<byte>.Shared.Rent(RecordBytes);
        try
        {
            var bytes = record.AsSpan(0, RecordBytes);
            sha256.CopyTo(bytes);
            payload.CopyTo(bytes[HashBytes..]);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[^ChecksumBytes..], Checksum(bytes));
            lock (_writing)
            {
                Append(bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(record);
        }
    }

    public void Dispose()
    {
        _own?.Dispose();
        foreach (var (_, file, _) in _files)
        {
            file.Dispose();
        }
    }

    private void Append(ReadOnlySpan<byte> record)
    {
        var before = _own?.Position ?? 0;
        try
        {
            _own ??= new FileStream(
                Path.Combine(Folder, $"{Guid.NewGuid():N}{_ending}"),
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.Read,
                bufferSize: 0
            );
            _own.Write(record);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Half a record must not push those behind it out of step: it is cut off, and a file of which that fails gets no more records.
            try
            {
                _own?.SetLength(before);
            }
            catch (Exception second) when (second is IOException or UnauthorizedAccessException)
            {
                _own?.Dispose();
                _own = null;
            }

            throw new IOException(
                $"The cache folder '{Folder}' cannot be written: {exception.Message.TrimEnd('.')}. What was written before is kept; the "
                    + "same command goes on from there once the folder can be written.",
                exception
            );
        }
    }

    /// <summary>Adds the records of a file from an offset on; gives the offset behind the last whole one.</summary>
    private long Index(SafeFileHandle file, long offset, uint number, List<Entry> found)
    {
        var length = RandomAccess.GetLength(file);
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];

        // A last record that was cut off is shorter than a record and so never indexed; others prove themselves when read.
        for (; offset + RecordBytes <= length; offset += RecordBytes)
        {
            if (RandomAccess.Read(file, prefix, offset) != prefix.Length)
            {
                break;
            }

            var bits = BinaryPrimitives.ReadUInt64BigEndian(prefix);
            if (_keeps?.Invoke(bits) != false)
            {
                found.Add(new Entry(bits, number, (uint)(offset / RecordBytes)));
            }
        }

        return offset;
    }

    private static Entry[] Joined(Entry[][] runs)
    {
        Entry[] all = [.. runs.SelectMany(run => run)];
        Array.Sort(all);
        return all;
    }

    private static int FirstOf(Entry[] run, ulong prefix)
    {
        var (low, high) = (0, run.Length);
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) / 2);
            (low, high) = run[middle].Prefix < prefix ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static uint Checksum(ReadOnlySpan<byte> record)
    {
        var crc = uint.MaxValue;
        var content = record[..^ChecksumBytes];
        for (; content.Length >= 8; content = content[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(content));
        }

        foreach (var rest in content)
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return crc;
    }

    private readonly record struct Entry(ulong Prefix, uint File, uint Ordinal) : IComparable<Entry>
    {
        public int CompareTo(Entry other) =>
            Prefix != other.Prefix ? Prefix.CompareTo(other.Prefix)
            : File != other.File ? File.CompareTo(other.File)
            : Ordinal.CompareTo(other.Ordinal);
    }
}
