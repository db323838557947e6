namespace MLNetPerson.Training.Datasets;

/// <summary>Full paths without links, '.' and '..': what identifies a file, however it is spelled.</summary>
internal sealed class RealPaths
{
    private const int MostLinks = 40; // Linux' own limit, MAXSYMLINKS

    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);

    /// <summary>Compares paths as the platform's usual file system does.</summary>
    public static StringComparer Comparer { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The path with every link on its way followed; as far as it exists.</summary>
    public string Of(string path) => Of(path, 0);

    private string Of(string path, int links)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } folder)
        {
            return full;
        }

        if (!_folders.TryGetValue(folder, out var above))
        {
            above = Of(folder, links);
            _folders[folder] = above;
        }

        var own = Path.Combine(above, Path.GetFileName(full));
        return links < MostLinks && LinkTarget(own) is { } target ? Of(Path.Combine(above, target), links + 1) : own;
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
