namespace MLNetPerson.Files;

/// <summary>Writes a file whole or not at all: to a temporary neighbour first, then renamed into place. A link stays a link, and its target
/// is
/// replaced.</summary>
public static class AtomicFile
{
    /// <summary>Replaces <paramref name="path"/> with what <paramref name="write"/> puts into the stream.</summary>
    /// <remarks>When <paramref name="write"/> or the disk fails, the old file is untouched and the temporary one is gone.</remarks>
    /// <exception cref="IOException">The disk refuses; the message names <paramref name="path"/>.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = "";
        try
        {
            var full = OutputPlace.Resolve(path);
            temporary = TemporaryName.Beside(full);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            if (File.Exists(full) && OutputPlace.IsMountPoint(full))
            {
                // A file that is mapped into a container cannot be renamed over: its bytes are replaced.
                File.Copy(temporary, full, overwrite: true);
                File.Delete(temporary);
            }
            else
            {
                File.Move(temporary, full, overwrite: true);
            }
        }
        catch (Exception exception)
        {
            if (temporary.Length > 0)
            {
                TemporaryName.Remove(temporary);
            }

            if (exception is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"'{path}' could not be written: {exception.Message} Nothing was changed there.", exception);
            }

            throw;
        }
    }

    /// <summary>Replaces <paramref name="path"/> with <paramref name="bytes"/>.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void WriteBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));

    /// <summary>Replaces <paramref name="path"/> with <paramref name="text"/> in UTF-8 without a byte-order mark.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void WriteText(string path, string text) => WriteBytes(path, System.Text.Encoding.UTF8.GetBytes(text));
}
