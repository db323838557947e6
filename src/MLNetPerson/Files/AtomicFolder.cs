namespace MLNetPerson.Files;

/// <summary>Writes a folder whole or not at all: filled under a temporary name beside it, then renamed into place.</summary>
public static class AtomicFolder
{
    /// <summary>Fills a temporary folder through <paramref name="fill"/> and moves it to <paramref name="path"/>.</summary>
    /// <param name="path">The folder to make. One that is there already is replaced only after the new one is complete.</param>
    /// <param name="fill">Receives the temporary folder's full path.</param>
    /// <exception cref="IOException">The disk refuses; what stood at <paramref name="path"/> stands there still.</exception>
    public static void Write(string path, Action<string> fill)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var temporary = TemporaryName.Beside(full);
        try
        {
            Directory.CreateDirectory(temporary);
            fill(temporary);
            Replace(full, temporary);
        }
        catch (Exception exception)
        {
            TemporaryName.Remove(temporary);
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"'{path}' could not be written: {exception.Message} Nothing was changed there.", exception);
            }

            throw;
        }
    }

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
}
