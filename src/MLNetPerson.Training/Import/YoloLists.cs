using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// Darknet's and CVAT's way to divide a set: <c>train.txt</c>, <c>valid.txt</c> and so on name one picture a line, often by a path of
/// another machine. A line belongs to the picture that shares the longest end of its path.
/// </summary>
internal sealed class YoloLists
{
    private static readonly string[] Folders = ["", "data", "ImageSets"];

    private readonly Dictionary<string, (string Split, string Where)> _byPicture = new(StringComparer.Ordinal);
    private readonly List<string> _unknown = [];

    /// <summary>Whether there are lists at all.</summary>
    public bool Any { get; private set; }

    /// <summary>The split that a list gives to a picture, or null.</summary>
    public string? Of(string picture) => _byPicture.TryGetValue(picture, out var found) ? found.Split : null;

    /// <summary>Reads the lists at a source's top.</summary>
    /// <param name="folder">The source's folder.</param>
    /// <param name="pictures">Full paths.</param>
    /// <param name="faults">A picture in two lists of different splits, or a line that may mean several pictures.</param>
    public static YoloLists Read(string folder, IReadOnlyCollection<string> pictures, ImportFaults faults)
    {
        var lists = new YoloLists();
        var byName = pictures.ToLookup(picture => Path.GetFileName(picture), StringComparer.Ordinal);
        foreach (var list in Folders.Select(below => Path.Combine(folder, below)).Where(Directory.Exists).SelectMany(Files))
        {
            lists.Any = true;
            lists.Add(folder, list, byName, faults);
        }

        return lists;
    }

    /// <summary>Lines and pictures that do not meet, for the source's notes.</summary>
    public IEnumerable<string> Notes(IEnumerable<string> withoutSplit)
    {
        if (_unknown.Count > 0)
        {
            var lines = Names.Count(_unknown.Count, "line of its lists names", "lines of its lists name");
            yield return $"{lines} no picture: {Names.Some(_unknown)}";
        }

        if (Any && withoutSplit.ToList() is { Count: > 0 } unlisted)
        {
            var pictures = Names.Count(unlisted.Count, "picture stands", "pictures stand");
            yield return $"{pictures} in none of its lists and so without a split: {Names.Some(unlisted)}";
        }
    }

    /// <summary>Text files that are called like a split and name pictures.</summary>
    private static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.txt")
            .Where(file =>
                SplitWords.Is(Path.GetFileNameWithoutExtension(file))
                && Lines(file).FirstOrDefault().Line is { } first
                && PictureEndings.Is(first)
            )
            .Order(StringComparer.Ordinal);

    private static IEnumerable<(string Line, int Number)> Lines(string file) =>
        File.ReadLines(file).Select((line, i) => (Line: line.Trim(), Number: i + 1)).Where(line => line.Line.Length > 0);

    private void Add(string folder, string list, ILookup<string, string> byName, ImportFaults faults)
    {
        var (name, split) = (
            Path.GetRelativePath(folder, list).Replace('\\', '/'),
            Path.GetFileNameWithoutExtension(list).ToLowerInvariant()
        );
        foreach (var (line, number) in Lines(list))
        {
            var (parts, where) = (line.Replace('\\', '/').Split('/'), $"{name}, line {number}");
            var found = byName[parts[^1]]
                .GroupBy(picture => SharedEnd(parts, picture))
                .OrderByDescending(group => group.Key)
                .FirstOrDefault()
                ?.ToList();
            if (found is null)
            {
                _unknown.Add($"{where}: {line}");
            }
            else if (found.Count > 1)
            {
                faults.Add(
                    where,
                    $"'{line}' may be {Names.Some([.. found.Select(picture => Path.GetRelativePath(folder, picture).Replace('\\', '/'))])}"
                );
            }
            else if (!_byPicture.TryAdd(found[0], (split, where)) && _byPicture[found[0]].Split != split)
            {
                faults.Add(
                    where,
                    $"'{line}' has the split {_byPicture[found[0]].Split} by {_byPicture[found[0]].Where}; a picture has one"
                );
            }
        }
    }

    /// <summary>How many folders above two files' names are the same.</summary>
    private static int SharedEnd(string[] line, string picture)
    {
        var parts = picture.Split(Path.DirectorySeparatorChar);
        var shared = 1;
        while (shared < line.Length && shared < parts.Length && line[^(shared + 1)] == parts[^(shared + 1)])
        {
            shared++;
        }

        return shared;
    }
}
