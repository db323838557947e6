using System.Globalization;

namespace MLNetPerson.Files;

/// <summary>
/// A file inside a tar archive, by where its bytes lie: <c>train-000.tar#1536+48211</c>, an offset and a length in bytes. It is read
/// without
/// unpacking the archive, and the file system is asked for one name instead of millions.
/// </summary>
internal static class FilePart
{
    private const string Mark = ".tar#";

    /// <summary>The path of a part.</summary>
    public static string Of(string archive, long offset, long length) =>
        string.Create(CultureInfo.InvariantCulture, $"{archive}#{offset}+{length}");

    /// <summary>Whether a path means a part of an archive.</summary>
    public static bool TryParse(string path, out string archive, out long offset, out long length)
    {
        (archive, offset, length) = (path, 0, 0);
        var mark = path.LastIndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        if (mark < 0)
        {
            return false;
        }

        var numbers = path.AsSpan(mark + Mark.Length);
        var plus = numbers.IndexOf('+');
        if (
            plus < 1
            || !long.TryParse(numbers[..plus], NumberStyles.None, CultureInfo.InvariantCulture, out offset)
            || !long.TryParse(numbers[(plus + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
        )
        {
            return false;
        }

        archive = path[..(mark + Mark.Length - 1)];
        return true;
    }

    /// <summary>Whether there is a file, or an archive that is long enough for a part.</summary>
    public static bool Exists(string path) =>
        TryParse(path, out var archive, out var offset, out var length)
            ? File.Exists(archive) && new FileInfo(archive).Length >= offset + length
            : File.Exists(path);

    /// <summary>The bytes of a part.</summary>
    /// <param name="path">For an error.</param>
    /// <param name="archive">The tar.</param>
    /// <param name="offset">In bytes.</param>
    /// <param name="length">In bytes.</param>
    /// <exception cref="IOException">The archive cannot be read, or is shorter than that.</exception>
    public static byte[] Read(string path, string archive, long offset, long length)
    {
        using var file = File.OpenHandle(archive, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[length];
        var read = 0;
        while (read < bytes.Length)
        {
            var count = RandomAccess.Read(file, bytes.AsSpan(read), offset + read);
            if (count == 0)
            {
                throw new EndOfStreamException($"'{path}' ends behind the end of its archive: the archive was cut off or written anew.");
            }

            read += count;
        }

        return bytes;
    }
}
