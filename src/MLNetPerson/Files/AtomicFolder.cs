namespace MLNetPerson.Files;

/// <summary>Writes a folder whole or not at all: filled under a temporary name beside it, then renamed into place. A link stays a link, and
/// its target is replaced. A volume cannot be renamed: there the contents are exchanged, and put back where that fails.</summary>
public static class AtomicFolder
{
    /// <summary>What a file system itself keeps at the top of a volume.</summary>
    private const string LostAndFound = "lost+found";

    /// <summary>Fills a temporary folder through <paramref name="fill"/> and moves it to <paramref name="path"/>.</summary>
    /// <param name="path">The folder to make. One that is there already is replaced only after the new one is complete.</param>
    /// <param name="fill">Receives the temporary folder's full path.</param>
    /// <param name="last">The file that makes the folder complete for its readers: on a volume it goes first and comes last.</param>
    /// <exception cref="IOException">The write failed. The existing folder is unchanged.</exception>
    public static void Write(string path, Action<string> fill, string? last = null)
    {
        var temporary = "";
        try
        {
            var full = OutputPlace.Resolve(path);
            var inside = OutputPlace.ReplacesContents(full);
            temporary = inside ? TemporaryName.Inside(full) : TemporaryName.Beside(full);
            Directory.CreateDirectory(temporary);
            fill(temporary);
            if (inside)
            {
                ExchangeContents(full, temporary, last);
            }
            else
            {
                Replace(full, temporary);
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

    /// <summary>Whether a folder holds nothing of the user's: a fresh volume has the file system's own folder.</summary>
    public static bool IsEmpty(string path) =>
        Directory
            .EnumerateFileSystemEntries(path)
            .All(entry => Path.GetFileName(entry) == LostAndFound || TemporaryName.Is(Path.GetFileName(entry)));

    private static void Replace(string full, string temporary)
    {
        if (!Directory.Exists(full))
        {
            Directory.Move(temporary, full);
            return;
        }

        var old = TemporaryName.Beside(full);
        Directory.Move(full, old);
        try
        {
            Directory.Move(temporary, full);
        }
        catch
        {
            Directory.Move(old, full);
            throw;
        }

        TemporaryName.Remove(old);
    }

    private static void ExchangeContents(string full, string temporary, string? last)
    {
        var old = TemporaryName.Inside(full);
        Directory.CreateDirectory(old);
        List<(string From, string To)> done = [];
        try
        {
            foreach (var entry in Entries(full).OrderBy(entry => Path.GetFileName(entry) == last ? 0 : 1))
            {
                Move(entry, old);
            }

            foreach (var entry in Entries(temporary).OrderBy(entry => Path.GetFileName(entry) == last ? 1 : 0))
            {
                Move(entry, full);
            }
        }
        catch
        {
            foreach (var (from, to) in Enumerable.Reverse(done))
            {
                Directory.Move(to, from);
            }

            TemporaryName.Remove(old);
            throw;
        }

        TemporaryName.Remove(temporary);
        TemporaryName.Remove(old);

        void Move(string entry, string folder)
        {
            var to = Path.Combine(folder, Path.GetFileName(entry));
            Directory.Move(entry, to);
            done.Add((entry, to));
        }
    }

    private static List<string> Entries(string folder) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0 })
                .Where(entry => Path.GetFileName(entry) != LostAndFound && !TemporaryName.Is(Path.GetFileName(entry)))
                .Order(StringComparer.Ordinal),
        ];
}
