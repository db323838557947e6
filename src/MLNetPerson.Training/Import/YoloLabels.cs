using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// Which label file belongs to which picture. Tools lay them out differently: images/ beside labels/ at any depth (Ultralytics, Roboflow),
/// beside the picture (darknet, CVAT), all labels in one folder, and <c>a.txt</c> or <c>a.jpg.txt</c>. A label file that is left over is
/// never passed over in silence.
/// </summary>
internal sealed class YoloLabels
{
    private readonly string _folder;
    private readonly HashSet<string> _all = new(RealPaths.Comparer);
    private readonly Dictionary<string, string> _byPicture = new(StringComparer.Ordinal);

    private YoloLabels(string folder) => _folder = folder;

    /// <summary>Pictures whose label file was not found, by full path.</summary>
    public List<string> Without { get; } = [];

    /// <summary>Label files that belong to no picture, below the source's folder.</summary>
    public List<string> LeftOver { get; } = [];

    /// <summary>The label file of a picture, or null.</summary>
    public string? Of(string picture) => _byPicture.GetValueOrDefault(picture);

    /// <summary>For messages: below the source's folder.</summary>
    public string Name(string path) => Path.GetRelativePath(_folder, path).Replace('\\', '/');

    /// <summary>Finds them.</summary>
    /// <param name="folder">The source's folder.</param>
    /// <param name="root">The folder of pictures, perhaps elsewhere.</param>
    /// <param name="pictures">Full paths below <paramref name="root"/>.</param>
    /// <param name="faults">A label file that may belong to several pictures is a fault.</param>
    public static YoloLabels Find(string folder, string root, IReadOnlyCollection<string> pictures, ImportFaults faults)
    {
        var labels = new YoloLabels(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        labels.Collect(labels._folder);
        labels.Collect(root);
        HashSet<string> claimed = new(RealPaths.Comparer);
        List<string> open = [];
        foreach (var picture in pictures)
        {
            if (labels.Candidates(picture, root).FirstOrDefault(labels._all.Contains) is { } found)
            {
                labels._byPicture[picture] = found;
                claimed.Add(found);
            }
            else
            {
                open.Add(picture);
            }
        }

        labels.MatchByName(open, claimed, faults);
        labels.Without.AddRange(open.Where(picture => !labels._byPicture.ContainsKey(picture)));
        labels.LeftOver.AddRange(
            labels._all.Where(file => !claimed.Contains(file) && LooksLikeLabels(file)).Select(labels.Name).Order(StringComparer.Ordinal)
        );
        return labels;
    }

    private void Collect(string folder)
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.TopDirectoryOnly))
        {
            if (PictureFolder.Reason(file) is null && file.Extension.Equals(".txt", StringComparison.OrdinalIgnoreCase))
            {
                _all.Add(file.FullName);
            }
        }

        foreach (var child in PictureFolder.Folders(new DirectoryInfo(folder), folder, []).Where(child => child.LinkTarget is null))
        {
            Collect(child.FullName);
        }
    }

    private IEnumerable<string> Candidates(string picture, string root)
    {
        var below = Path.GetRelativePath(root, picture);
        foreach (var stem in (string[])[Path.ChangeExtension(picture, null), picture])
        {
            if (InLabels(stem) is { } replaced)
            {
                yield return replaced + ".txt";
            }
        }

        foreach (var stem in (string[])[Path.ChangeExtension(below, null), below])
        {
            yield return Path.Combine(_folder, "labels", stem + ".txt");
        }

        yield return Path.ChangeExtension(picture, ".txt");
        yield return picture + ".txt";
    }

    /// <summary>Ultralytics' rule: the last folder named images becomes labels.</summary>
    private static string? InLabels(string path)
    {
        var parts = path.Split(Path.DirectorySeparatorChar);
        var last = Array.FindLastIndex(parts, parts.Length - 2, part => part.Equals("images", StringComparison.OrdinalIgnoreCase));
        if (last < 0)
        {
            return null;
        }

        parts[last] = parts[last] == "Images" ? "Labels" : "labels";
        return string.Join(Path.DirectorySeparatorChar, parts);
    }

    /// <summary>Where no layout fits: by the name alone, if it is unique on both sides.</summary>
    private void MatchByName(List<string> open, HashSet<string> claimed, ImportFaults faults)
    {
        var free = _all.Where(file => !claimed.Contains(file) && LooksLikeLabels(file))
            .ToLookup(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal);
        var wanting = open.SelectMany(picture =>
                new[] { Path.GetFileNameWithoutExtension(picture), Path.GetFileName(picture) }.Select(name => (name, picture))
            )
            .ToLookup(pair => pair.name, pair => pair.picture, StringComparer.Ordinal);
        foreach (var labels in free)
        {
            var pictures = wanting[labels.Key].ToList();
            if (pictures.Count == 0)
            {
                continue;
            }

            if (pictures.Count > 1 || labels.Count() > 1)
            {
                faults.Add(
                    Name(labels.First()),
                    pictures.Count > 1
                        ? $"it may belong to {Names.Some([.. pictures.Select(Name)])}; put label files into folders like those of the "
                            + $"pictures"
                        : $"{Names.Some([.. labels.Select(Name)])} may all belong to '{Name(pictures[0])}'; keep one"
                );
                claimed.UnionWith(labels);
                continue;
            }

            _byPicture[pictures[0]] = labels.First();
            claimed.Add(labels.First());
        }
    }

    /// <summary>Empty, or the first line is a class and numbers: not a list of files, of classes, or a readme.</summary>
    private static bool LooksLikeLabels(string file)
    {
        try
        {
            var words = File.ReadLines(file)
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(words => words.Length > 0);
            return words is null
                || (words.Length >= 5 && words.All(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _)));
        }
        catch (IOException)
        {
            return true;
        }
    }
}
