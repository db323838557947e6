using System.IO.Enumeration;

namespace MLNetPerson.Training.Datasets;

/// <summary>Which files of a folder are taken for pictures. What they are is decided by content, later.</summary>
public static class PictureEndings
{
    private static readonly string[] Endings =
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".webp",
        ".gif",
        ".tif",
        ".tiff",
        ".bmp",
        ".avif",
        // Read where libvips has a decoder for them; elsewhere each is an error that says how to convert it.
        ".heic",
        ".heif",
    ];

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>For messages.</summary>
    public static string Text => string.Join(' ', Endings);

    private static readonly EnumerationOptions LinksToo = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false,
    };

    /// <summary>Picture files in and below a folder and whatever is a link there, file or folder, sorted by full path: for those who must
    /// refuse links.</summary>
    internal static IEnumerable<FileSystemInfo> FilesAndLinks(DirectoryInfo folder) =>
        new FileSystemEnumerable<FileSystemInfo>(folder.FullName, (ref FileSystemEntry entry) => entry.ToFileSystemInfo(), LinksToo)
        {
            // A link to a folder is named, not followed: it may lead above itself.
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                (entry.Attributes & FileAttributes.ReparsePoint) != 0
                || (!entry.IsDirectory && Endings.Contains(Path.GetExtension(entry.FileName).ToString().ToLowerInvariant())),
        }.OrderBy(file => file.FullName, StringComparer.Ordinal);

    /// <summary>Picture files in and below a folder, sorted by full path; hidden ones and links are passed over.</summary>
    public static IEnumerable<FileInfo> Files(DirectoryInfo folder) =>
        folder
            .EnumerateFiles("*", Everything)
            .Where(file => Endings.Contains(file.Extension.ToLowerInvariant()))
            .OrderBy(file => file.FullName, StringComparer.Ordinal);
}
