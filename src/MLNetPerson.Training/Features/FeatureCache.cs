using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MLNetPerson.Training.Features;

/// <summary>
/// Features on disk, by the picture's hash; one folder per feature network and preprocessing. Each run appends to a file of
/// its own, record by record with a checksum, so that an interrupted run loses at most the record it was writing, and runs
/// side by side do not meet.
/// </summary>
internal sealed class FeatureCache : IDisposable
{
    private const int HashBytes = 32;
    private const int ChecksumBytes = 4;
    private const string Ending = ".features";

    private readonly string _folder;
    private readonly int _width;
    private readonly ConcurrentDictionary<string, (SafeHandle File, long Offset)> _index = new(StringComparer.Ordinal);
    private readonly List<Microsoft.Win32.SafeHandles.SafeFileHandle> _files = [];
    private readonly Lock _writing = new();
    private FileStream? _own;

    /// <summary>Opens the cache below <paramref name="folder"/>, which is created where missing.</summary>
    /// <param name="folder">Named after everything that the features depend on but the picture.</param>
    /// <param name="width">Number of features.</param>
    public FeatureCache(string folder, int width)
    {
        _folder = folder;
        _width = width;
        Directory.CreateDirectory(folder);
        foreach (var path in Directory.GetFiles(folder, "*" + Ending).Order(StringComparer.Ordinal))
        {
            Index(path);
        }
    }

    private int RecordBytes => HashBytes + (_width * sizeof(float)) + ChecksumBytes;

    /// <summary>Copies a picture's features to <paramref name="row"/>; false where they are not there or damaged.</summary>
    public bool TryRead(string sha256, Span<float> row)
    {
        if (!_index.TryGetValue(sha256, out var place))
        {
            return false;
        }

        var record = new byte[RecordBytes];
        if (
            RandomAccess.Read((Microsoft.Win32.SafeHandles.SafeFileHandle)place.File, record, place.Offset) != record.Length
            || Checksum(record) != BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(RecordBytes - ChecksumBytes))
        )
        {
            _index.TryRemove(sha256, out _);
            return false;
        }

        MemoryMarshal.Cast<byte, float>(record.AsSpan(HashBytes, _width * sizeof(float))).CopyTo(row);
        return true;
    }

    /// <summary>Appends a picture's features.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Write(string sha256, ReadOnlySpan<float> row)
    {
        var record = new byte[RecordBytes];
        Convert.FromHexString(sha256).CopyTo(record, 0);
        MemoryMarshal.AsBytes(row).CopyTo(record.AsSpan(HashBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(RecordBytes - ChecksumBytes), Checksum(record));
        lock (_writing)
        {
            _own ??= new FileStream(
                Path.Combine(_folder, $"{Guid.NewGuid():N}{Ending}"),
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.Read,
                bufferSize: 0
            );
            _own.Write(record);
        }
    }

    public void Dispose()
    {
        _own?.Dispose();
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private void Index(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        _files.Add(file);
        var length = RandomAccess.GetLength(file);
        Span<byte> hash = stackalloc byte[HashBytes];

        // A last record that was cut off is shorter than a record and so never indexed; others prove themselves when read.
        for (long offset = 0; offset + RecordBytes <= length; offset += RecordBytes)
        {
            if (RandomAccess.Read(file, hash, offset) == HashBytes)
            {
                _index[Convert.ToHexStringLower(hash)] = (file, offset);
            }
        }
    }

    private uint Checksum(ReadOnlySpan<byte> record)
    {
        var crc = uint.MaxValue;
        var content = record[..(RecordBytes - ChecksumBytes)];
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
}
