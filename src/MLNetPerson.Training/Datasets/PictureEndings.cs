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

    /// <summary>For messages.</summary>
    public static string Text => string.Join(' ', Endings);

    /// <summary>Whether a file of that name is taken for a picture.</summary>
    public static bool Is(string name) => Endings.Contains(Path.GetExtension(name).ToLowerInvariant());

    /// <summary>Picture files in and below a folder, sorted by full path; links are followed. <see cref="PictureFolder.Read(string)"/> says
    /// also what was passed over.</summary>
    public static IEnumerable<FileInfo> Files(DirectoryInfo folder) => PictureFolder.Read(folder.FullName).Files;
}
