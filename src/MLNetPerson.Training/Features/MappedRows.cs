using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MLNetPerson.Files;

namespace MLNetPerson.Training.Features;

/// <summary>
/// Rows in a file of their own that is gone with the process, read through windows of a memory map: the operating system's page cache holds
/// as much of it as there is room for, and the process holds a window. Rows lie in the dataset's order, so that a pass reads the disk from
/// front to back.
/// </summary>
internal sealed class MappedRows
{
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _map;
    private readonly int[]? _physical;

    private MappedRows(SafeFileHandle file, MemoryMappedFile map, int rows, int width, int[]? physical) =>
        (_file, _map, Rows, Width, _physical) = (file, map, rows, width, physical);

    public int Rows { get; }

    public int Width { get; }

    /// <summary>Makes room for rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="width">Of each.</param>
    /// <param name="folder">On a local disk; null for the cache folder.</param>
    /// <exception cref="IOException">There is no room; the message is one sentence.</exception>
    public static MappedRows Create(int rows, int width, string? folder)
    {
        var place = folder ?? CacheFolder.Sub("tables");
        var bytes = (long)rows * width * sizeof(float);
        var path = Path.Combine(place, $"{Guid.NewGuid():N}.table");
        try
        {
            Directory.CreateDirectory(place);
            var file = File.OpenHandle(
                path,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete,
                FileOptions.DeleteOnClose,
                preallocationSize: bytes
            );
            RandomAccess.SetLength(file, bytes);
            var map = MemoryMappedFile.CreateFromFile(
                file,
                null,
                bytes,
                MemoryMappedFileAccess.ReadWrite,
                HandleInheritability.None,
                leaveOpen: true
            );
            if (!OperatingSystem.IsWindows())
            {
                // Without a name it is gone with the process, however that ends.
                File.Delete(path);
            }

            return new MappedRows(file, map, rows, width, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The table of {rows} rows of features needs {bytes / 1e9:0.0} GB in '{place}': {exception.Message.TrimEnd('.')}. Free "
                    + $"space, or set {CacheFolder.Variable} to a folder on a larger disk.",
                exception
            );
        }
    }

    /// <summary>Writes a row. Thread-safe.</summary>
    public void Write(int index, ReadOnlySpan<float> row) => RandomAccess.Write(_file, MemoryMarshal.AsBytes(row), Offset(index));

    /// <summary>The same rows but for some.</summary>
    /// <param name="rows">Which, in ascending order.</param>
    public MappedRows Only(int[] rows) => rows.Length == Rows ? this : new MappedRows(_file, _map, rows.Length, Width, rows);

    /// <summary>One row, copied.</summary>
    public float[] Copy(int index)
    {
        var row = new float[Width];
        var bytes = MemoryMarshal.AsBytes(row.AsSpan());
        if (RandomAccess.Read(_file, bytes, Offset(index)) != bytes.Length)
        {
            throw new EndOfStreamException($"Row {index} of the table of features cannot be read.");
        }

        return row;
    }

    /// <summary>A window on consecutive rows.</summary>
    public FeatureRows Open(int start, int count)
    {
        var last = _physical is null ? start + count - 1 : _physical[start + count - 1];
        var view = _map.CreateViewAccessor(
            Offset(start),
            Offset(last, isPhysical: true) + ((long)Width * sizeof(float)) - Offset(start),
            MemoryMappedFileAccess.Read
        );
        return new FeatureRows(view, _physical, start, count, Width);
    }

    private long Offset(int index, bool isPhysical = false) =>
        (long)(_physical is null || isPhysical ? index : _physical[index]) * Width * sizeof(float);
}
