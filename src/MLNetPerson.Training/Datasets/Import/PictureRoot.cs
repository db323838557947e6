namespace MLNetPerson.Training.Datasets.Import;

/// <summary>The folder that a source's pictures lie in: what annotations name is looked for below it, and nowhere else.</summary>
internal sealed class PictureRoot
{
    private readonly string _root;
    private readonly Dictionary<string, string?> _folders = new(StringComparer.Ordinal);

    public PictureRoot(string folder)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(_root))
        {
            throw new DatasetException(
                $"There is no folder '{folder}' to look for pictures in. Name it after '@', as in coco=instances.json@train2017."
            );
        }
    }

    public string Folder => _root;

    /// <summary>The full path of a picture, or what forbids it.</summary>
    /// <param name="file">As the source writes it.</param>
    /// <param name="name">With forward slashes, below the folder.</param>
    /// <param name="path">Full path.</param>
    /// <returns>The fault, or null.</returns>
    public string? Resolve(string file, out string name, out string path)
    {
        name = file.Replace('\\', '/');
        path = "";
        if (NameFault(name) is { } fault)
        {
            return fault;
        }

        name = string.Join('/', name.Split('/').Where(part => part != "."));
        path = Path.Combine(_root, name);
        return LinkFault(name, path);
    }

    /// <summary>What forbids a relative name, whatever is on disk. Also for archive entries.</summary>
    public static string? NameFault(string name) =>
        name.Length == 0 ? "the file's name is empty"
        : name.Contains('\0') ? "the file's name holds a zero character"
        : name.StartsWith('/') || Path.IsPathRooted(name) || (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]))
            ? $"'{name}' is an absolute path; give files below the folder of pictures"
        : name.Split('/', '\\').Contains("..") ? $"'{name}' leads out of the folder of pictures"
        : null;

    /// <summary>A link may lead anywhere, tomorrow elsewhere: it is refused, in the folders above the file too.</summary>
    private string? LinkFault(string name, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!_folders.TryGetValue(folder, out var fault))
        {
            for (var above = folder; above.Length > _root.Length && fault is null; above = Path.GetDirectoryName(above)!)
            {
                if (IsLink(above))
                {
                    fault = $"'{Path.GetRelativePath(_root, above).Replace('\\', '/')}' is a link; put the files themselves there";
                }
            }

            _folders[folder] = fault;
        }

        return fault ?? (IsLink(path) ? $"'{name}' is a link; put the file itself there" : null);
    }

    private static bool IsLink(string path)
    {
        try
        {
            return (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
