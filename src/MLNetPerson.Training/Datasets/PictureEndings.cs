namespace MLNetPerson.Training.Datasets;

/// <summary>Which files of a folder are taken for pictures. What they are is decided by content, later.</summary>
public static class PictureEndings
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp"];

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>For messages.</summary>
    public static string Text => string.Join(' ', Endings);

    /// <summary>Picture files in and below a folder, sorted by full path; hidden ones and links are passed over.</summary>
    public static IEnumerable<FileInfo> Files(DirectoryInfo folder) => folder.EnumerateFiles("*", Everything)
        .Where(file => Endings.Contains(file.Extension.ToLowerInvariant()))
        .OrderBy(file => file.FullName, StringComparer.Ordinal);
}
