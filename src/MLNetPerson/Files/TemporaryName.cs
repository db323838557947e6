namespace MLNetPerson.Files;

/// <summary>Names for what is not finished yet: beside the target, so that a rename stays on one disk.</summary>
internal static class TemporaryName
{
    private const string Marker = ".unfinished-";

    public static string Beside(string fullPath)
    {
        var folder =
            Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(fullPath))
            ?? throw new IOException($"'{fullPath}' has no folder above it; name a path below a folder.");
        Directory.CreateDirectory(folder);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(fullPath));
        return Path.Combine(folder, $".{name}{Marker}{Guid.NewGuid():N}");
    }

    /// <summary>For a folder that cannot be renamed, because it is a volume.</summary>
    public static string Inside(string fullPath) => Path.Combine(fullPath, $".new{Marker}{Guid.NewGuid():N}");

    /// <summary>Whether a file or folder has such a name.</summary>
    public static bool Is(string name) => name.StartsWith('.') && name.Contains(Marker, StringComparison.Ordinal);

    /// <summary>Deletes a leftover; a second failure must not hide the first.</summary>
    public static void Remove(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The error that brought us here is the one to report.
        }
    }
}
