using System.Collections.Immutable;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// The pictures in and below a folder, and what was passed over there. Links to files and folders are followed. Hidden entries and those of
/// the system are passed over at every depth.
/// </summary>
/// <param name="Files">Pictures by their ending, sorted by full path. No file occurs twice.</param>
/// <param name="PassedOver">Everything else, sorted by name. A folder that is passed over counts once.</param>
public sealed record PictureFolder(ImmutableArray<FileInfo> Files, ImmutableArray<PassedOver> PassedOver)
{
    private static readonly string[] SystemNames =
    [
        "@eaDir", // Synology's thumbnails
        "#recycle",
        "@Recycle",
        "@Recently-Snapshot",
        "__MACOSX", // Finder's archives
        "$RECYCLE.BIN",
        "System Volume Information",
        "RECYCLER",
        "lost+found",
        "__pycache__",
        "Thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
    ];

    private static readonly string[] UnreadEndings =
    [
        .. (string[])[".heic", ".heif", ".hif", ".avif", ".jxl", ".jp2", ".j2k", ".psd", ".svg", ".raw", ".dng", ".cr2", ".cr3"],
        .. (string[])[".nef", ".arw", ".orf", ".rw2", ".raf", ".tga", ".pcx", ".ppm", ".pgm", ".pbm", ".pnm", ".ico", ".exr", ".hdr"],
    ];

    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Reads a folder.</summary>
    /// <exception cref="IOException">A folder cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be listed.</exception>
    public static PictureFolder Read(string folder) => Read(folder, followLinks: true).Pictures;

    /// <summary>Whether an entry of that name is passed over wherever it lies, and why; null where it is not.</summary>
    public static string? Reason(FileSystemInfo entry) =>
        ReasonByName(entry.Name)
        ?? ((entry.Attributes & (FileAttributes.Hidden | FileAttributes.System)) != 0 ? PassedOverReasons.Hidden : null);

    internal static string? ReasonByName(string name) =>
        SystemNames.Contains(name, StringComparer.OrdinalIgnoreCase) ? PassedOverReasons.SystemEntry
        : name.StartsWith('.') ? PassedOverReasons.Hidden
        : null;

    /// <summary>Visible folders directly below, sorted; the others go into <paramref name="passedOver"/>.</summary>
    internal static List<DirectoryInfo> Folders(DirectoryInfo folder, string root, ICollection<PassedOver> passedOver)
    {
        List<DirectoryInfo> folders = [];
        foreach (var child in folder.EnumerateDirectories("*", All).OrderBy(child => child.Name, StringComparer.Ordinal))
        {
            if (Reason(child) is { } reason)
            {
                passedOver.Add(new PassedOver(Name(root, child.FullName) + "/", reason));
            }
            else
            {
                folders.Add(child);
            }
        }

        return folders;
    }

    /// <summary>Why a visible file is not taken for a picture, or null where it is one by its ending.</summary>
    internal static string? EndingReason(string name) =>
        PictureEndings.Is(name) ? null
        : UnreadEndings.Contains(Path.GetExtension(name).ToLowerInvariant()) ? PassedOverReasons.UnreadFormat
        : PassedOverReasons.NoPicture;

    internal static string Name(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');

    /// <summary>With <paramref name="followLinks"/> false, links are listed and not followed, for those who refuse them.</summary>
    internal static (PictureFolder Pictures, ImmutableArray<FileSystemInfo> Links) Read(string folder, bool followLinks)
    {
        var walk = new Walk(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), followLinks);
        walk.Enter(new DirectoryInfo(walk.Root), []);
        return (walk.Result(), [.. walk.Links.OrderBy(link => link.FullName, StringComparer.Ordinal)]);
    }

    private sealed class Walk(string root, bool followLinks)
    {
        private readonly RealPaths _real = new();
        private readonly List<FileInfo> _files = [];
        private readonly List<PassedOver> _passedOver = [];

        public string Root => root;

        public List<FileSystemInfo> Links { get; } = [];

        public void Enter(DirectoryInfo folder, ImmutableList<string> above)
        {
            var within = above.Add(_real.Of(folder.FullName));
            foreach (var entry in folder.EnumerateFileSystemInfos("*", All).OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.LinkTarget is not null;
                var isFolder = entry is DirectoryInfo;
                var name = Name(root, entry.FullName) + (isFolder ? "/" : "");
                if (Reason(entry) is { } reason)
                {
                    _passedOver.Add(new PassedOver(name, reason));
                }
                else if (isLink && !followLinks)
                {
                    Links.Add(entry);
                }
                else if (isFolder && isLink && within.Exists(one => IsWithin(one, _real.Of(entry.FullName))))
                {
                    _passedOver.Add(new PassedOver(name, PassedOverReasons.CircularLink));
                }
                else if (isFolder)
                {
                    Enter(new DirectoryInfo(entry.FullName), within);
                }
                else if (isLink && !Leads(entry.FullName))
                {
                    _passedOver.Add(new PassedOver(name, PassedOverReasons.BrokenLink));
                }
                else if (EndingReason(entry.Name) is { } ending)
                {
                    _passedOver.Add(new PassedOver(name, ending));
                }
                else
                {
                    _files.Add(new FileInfo(entry.FullName));
                }
            }
        }

        /// <summary>Whether a folder is another, or lies in it.</summary>
        private static bool IsWithin(string folder, string other) =>
            RealPaths.Comparer.Equals(folder, other)
            || (
                folder.Length > other.Length
                && RealPaths.Comparer.Equals(folder[..other.Length], other)
                && (other.EndsWith(Path.DirectorySeparatorChar) || folder[other.Length] == Path.DirectorySeparatorChar)
            );

        /// <summary>Whether a link leads to a file. <see cref="File.Exists"/> is true of a link to nothing.</summary>
        private bool Leads(string link) => _real.Of(link) is var target && File.Exists(target) && new FileInfo(target).LinkTarget is null;

        public PictureFolder Result()
        {
            // A file proper goes before a link to it, whichever comes first by name.
            var kept = _files
                .GroupBy(file => _real.Of(file.FullName), RealPaths.Comparer)
                .Select(same => same.OrderBy(file => file.LinkTarget is null ? 0 : 1).First().FullName)
                .ToHashSet(StringComparer.Ordinal);
            _passedOver.AddRange(
                _files
                    .Where(file => !kept.Contains(file.FullName))
                    .Select(file => new PassedOver(Name(root, file.FullName), PassedOverReasons.SameFile))
            );
            return new PictureFolder(
                [.. _files.Where(file => kept.Contains(file.FullName)).OrderBy(file => file.FullName, StringComparer.Ordinal)],
                [.. _passedOver.OrderBy(entry => entry.File, StringComparer.Ordinal)]
            );
        }
    }
}
