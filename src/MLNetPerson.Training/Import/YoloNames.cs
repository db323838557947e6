using System.Text.RegularExpressions;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>The class names of a YOLO dataset: out of <c>data.yaml</c>'s <c>names</c>, or a file with one name per line.</summary>
internal static partial class YoloNames
{
    private static readonly string[] Lists =
    [
        "classes.txt",
        "obj.names",
        "labels/classes.txt",
        "data/obj.names",
        "_darknet.labels",
        "train/_darknet.labels",
    ];

    /// <summary>The names by class number, or null where no file says.</summary>
    /// <exception cref="DatasetException"><c>names</c> is written in a way that is not understood.</exception>
    public static IReadOnlyList<string>? Read(string folder)
    {
        foreach (var yaml in Yaml(folder))
        {
            if (FromYaml(yaml) is { } names)
            {
                return names;
            }
        }

        var list = Lists.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return list is null ? null : [.. File.ReadLines(list).Select(line => line.Trim()).Where(line => line.Length > 0)];
    }

    /// <summary>Whether a folder says which classes its labels have: nothing but YOLO's tools write such files.</summary>
    public static bool IsNamed(string folder) =>
        Lists.Any(name => File.Exists(Path.Combine(folder, name)))
        || (
            File.Exists(Path.Combine(folder, "data.yaml"))
            && File.ReadLines(Path.Combine(folder, "data.yaml")).Any(line => line.StartsWith("names:", StringComparison.Ordinal))
        );

    /// <summary>Whether the lines of labels end with key points, as in data for poses.</summary>
    public static bool HasKeyPoints(string folder) =>
        Yaml(folder).Any(yaml => File.ReadLines(yaml).Any(line => line.StartsWith("kpt_shape:", StringComparison.Ordinal)));

    private static IEnumerable<string> Yaml(string folder) =>
        Directory.EnumerateFiles(folder, "*.yaml").Concat(Directory.EnumerateFiles(folder, "*.yml")).Order(StringComparer.Ordinal);

    /// <summary>The three ways in which tools write it: [a, b], "- a" per line, "0: a" per line.</summary>
    private static List<string>? FromYaml(string path)
    {
        var lines = File.ReadAllLines(path);
        var start = Array.FindIndex(lines, line => line.StartsWith("names:", StringComparison.Ordinal));
        if (start < 0)
        {
            return null;
        }

        var rest = lines[start]["names:".Length..].Split(" #")[0].Trim();
        if (rest.StartsWith('['))
        {
            var text = rest;
            for (var i = start + 1; !text.Contains(']') && i < lines.Length; i++)
            {
                text += lines[i].Trim();
            }

            return [.. text.Trim('[', ']', ' ').Split(',').Select(Plain).Where(name => name.Length > 0)];
        }

        SortedDictionary<int, string> names = [];
        foreach (var line in lines.Skip(start + 1).TakeWhile(line => line.Length == 0 || char.IsWhiteSpace(line[0]) || line[0] == '-'))
        {
            if (Entry().Match(line.Split(" #")[0]) is { Success: true } entry)
            {
                names[
                    entry.Groups["index"].Success
                        ? int.Parse(entry.Groups["index"].Value, System.Globalization.CultureInfo.InvariantCulture)
                        : names.Count
                ] = Plain(entry.Groups["name"].Value);
            }
        }

        return names.Count > 0 && names.Keys.Last() == names.Count - 1
            ? [.. names.Values]
            : throw new DatasetException(
                $"'{path}', line {start + 1}: 'names' is not understood; write it as [person, car], as '- person' per line, or as '0: "
                    + $"person' per line without gaps."
            );
    }

    private static string Plain(string name) => name.Trim().Trim('\'', '"');

    [GeneratedRegex(@"^\s*(?:-\s+|(?<index>\d{1,6})\s*:\s*)(?<name>\S.*)$")]
    private static partial Regex Entry();
}
