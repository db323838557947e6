using System.Collections.Immutable;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>The folder that a source's pictures lie in: what annotations name is looked for below it, and nowhere else.</summary>
internal sealed class PictureRoot
{
    private readonly string _root;
    private readonly Dictionary<string, string?> _folders = new(StringComparer.Ordinal);

    private ILookup<string, string>? _byName;
    private ILookup<string, string>? _byStem;
    private (PictureFolder Pictures, ImmutableArray<FileSystemInfo> Links)? _listing;

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

    /// <summary>The pictures in and below the folder; links are not among them.</summary>
    public PictureFolder Pictures => (_listing ??= PictureFolder.Read(_root, followLinks: false)).Pictures;

    /// <summary>Links in and below the folder.</summary>
    public ImmutableArray<FileSystemInfo> Links => (_listing ??= PictureFolder.Read(_root, followLinks: false)).Links;

    /// <summary>The full path of a picture, or what forbids it.</summary>
    /// <param name="file">As the source writes it.</param>
    /// <param name="name">With forward slashes, below the folder.</param>
    /// <param name="path">Full path.</param>
    /// <returns>The fault, or null.</returns>
    public string? Resolve(string file, out string name, out string path)
    {
        name = file.Replace('\\', '/');
        path = "";
        // An absolute path below the folder leads nowhere else.
        if (
            Path.IsPathFullyQualified(file)
            && !file.Contains("..", StringComparison.Ordinal)
            && file.StartsWith(Prefix, StringComparison.Ordinal)
        )
        {
            name = file[Prefix.Length..].Replace('\\', '/');
        }

        if (NameFault(name) is { } fault)
        {
            return fault;
        }

        name = string.Join('/', name.Split('/').Where(part => part is not ("." or "")));
        path = Path.Combine(_root, name);
        return LinkFault(name, path);
    }

    /// <summary>As <see cref="Resolve"/>, but where there is no such file, it is looked for by its own name: in <paramref name="beside"/>,
    /// with
    /// the endings of pictures, and anywhere below the folder if one file alone has that name.</summary>
    public string? Find(string file, string beside, out string name, out string path)
    {
        if (Resolve(file, out name, out path) is { } fault)
        {
            return fault;
        }

        if (File.Exists(path))
        {
            return null;
        }

        var own = Path.GetFileName(name);
        var near = beside.Length == 0 ? own : $"{beside}/{own}";
        var found =
            File.Exists(Path.Combine(_root, near)) ? near
            : ByName[own].ToList() is [var only] ? only
            : Path.GetExtension(own).Length == 0 && ByStem[own].ToList() is [var ended] ? ended
            : null;
        return found is null ? null : Resolve(found, out name, out path);
    }

    private ILookup<string, string> ByName =>
        _byName ??= Pictures.Files.Select(Below).ToLookup(file => Path.GetFileName(file), StringComparer.Ordinal);

    private ILookup<string, string> ByStem =>
        _byStem ??= Pictures.Files.Select(Below).ToLookup(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal);

    private string Below(FileInfo file) => Path.GetRelativePath(_root, file.FullName).Replace('\\', '/');

    /// <summary>What forbids a relative name, whatever is on disk. Also for archive entries.</summary>
    public static string? NameFault(string name) =>
        name.Length == 0 ? "the file's name is empty"
        : name.Contains('\0') ? "the file's name holds a zero character"
        : name.StartsWith('/') || Path.IsPathRooted(name) || (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]))
            ? $"'{name}' is an absolute path; give files below the folder of pictures, or name a folder above them after '@'"
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

    private string Prefix => _root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;

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
