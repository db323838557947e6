using System.Text.RegularExpressions;

namespace MLNetPerson.Files;

/// <summary>Where output really goes: links are followed, and volumes are known. Asked before slow work starts.</summary>
public static partial class OutputPlace
{
    private const int MostLinks = 40; // Linux' own limit, MAXSYMLINKS

    /// <summary>Refuses a folder that could not be written later.</summary>
    /// <param name="path">The folder; it need not be there.</param>
    /// <exception cref="IOException">A file has that name, or the place cannot be written; the message names
    /// <paramref name="path"/>.</exception>
    public static void CheckFolder(string path) =>
        Try(
            path,
            full =>
            {
                if (File.Exists(full))
                {
                    throw new IOException($"'{full}' is a file, a folder is needed.");
                }

                return ReplacesContents(full) ? full : Path.GetDirectoryName(full);
            }
        );

    /// <summary>Refuses a file that could not be written later.</summary>
    /// <param name="path">The file; it need not be there.</param>
    /// <exception cref="IOException">A folder has that name, or the place cannot be written; the message names
    /// <paramref name="path"/>.</exception>
    public static void CheckFile(string path) =>
        Try(
            path,
            full =>
                Directory.Exists(full) ? throw new IOException($"'{full}' is a folder, a file is needed.")
                : IsMountPoint(full) ? null
                : Path.GetDirectoryName(full)
        );

    /// <summary>The full path with a link at its end followed, also where the link's target is not there yet.</summary>
    /// <exception cref="IOException">The path is empty, or the link leads to itself.</exception>
    internal static string Resolve(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new IOException("The name of the file or folder to write is empty.");
        }

        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        for (var links = 0; new FileInfo(full).LinkTarget is { } target; links++)
        {
            if (links == MostLinks)
            {
                throw new IOException($"'{path}' is a link that leads to itself.");
            }

            full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(full)!, target)));
        }

        return full;
    }

    /// <summary>Whether a folder cannot be renamed, so that its contents are replaced instead: a volume, or a folder in one that only the
    /// owner of the folder above may change.</summary>
    internal static bool ReplacesContents(string full) => Directory.Exists(full) && (IsMountPoint(full) || !CanWriteBeside(full));

    /// <summary>Whether another file system is mounted there. A Docker volume or a mapped file is.</summary>
    internal static bool IsMountPoint(string full)
    {
        if (Path.GetDirectoryName(full) is null)
        {
            return true;
        }

        try
        {
            return OperatingSystem.IsLinux()
                ? File.ReadLines("/proc/self/mountinfo").Select(MountedAt).Contains(full, StringComparer.Ordinal)
                : DriveInfo
                    .GetDrives()
                    .Any(drive =>
                        Path.TrimEndingDirectorySeparator(drive.RootDirectory.FullName).Equals(full, StringComparison.OrdinalIgnoreCase)
                    );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The fifth word, in which space, tab, line feed and backslash are written as three octal digits (proc(5)).</summary>
    private static string MountedAt(string line) =>
        line.Split(' ') is { Length: > 4 } words
            ? Octal().Replace(words[4], match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString())
            : "";

    private static bool CanWriteBeside(string full)
    {
        try
        {
            var probe = TemporaryName.Inside(Path.GetDirectoryName(full)!);
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <param name="path">For the message.</param>
    /// <param name="place">From the full path to the folder that entries will be made in, or null where none will.</param>
    private static void Try(string path, Func<string, string?> place)
    {
        try
        {
            var folder = place(Resolve(path));
            while (folder is not null && !Directory.Exists(folder))
            {
                if (File.Exists(folder))
                {
                    throw new IOException($"'{folder}' is a file, a folder is needed.");
                }

                folder = Path.GetDirectoryName(folder);
            }

            if (folder is not null)
            {
                var probe = TemporaryName.Inside(folder);
                Directory.CreateDirectory(probe);
                Directory.Delete(probe);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' cannot be written: {exception.Message} Choose another place; nothing was done.", exception);
        }
    }

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
