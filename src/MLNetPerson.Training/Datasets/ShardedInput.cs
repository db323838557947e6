using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// Datasets in several files, for more pictures than one list or one folder should hold: CSVs or Parquet files with the columns
/// <c>file,label</c>, or tar archives in WebDataset's layout, which hold the pictures as well. Files are named by a pattern
/// (<c>labels-*.csv</c>, <c>train-{000..127}.tar</c>), or by a folder that holds nothing but them.
/// </summary>
internal static partial class ShardedInput
{
    private const int MostBraces = 1_000_000;
    private static readonly string[] Endings = [".csv", ".parquet", ".tar"];

    /// <summary>The files that a path names, in order; null where it is one CSV, or a folder with class sub-folders.</summary>
    /// <exception cref="DatasetException">A pattern that fits no file, or files of two kinds.</exception>
    public static ImmutableArray<string>? Files(string path)
    {
        if (Directory.Exists(path))
        {
            return OfFolder(path);
        }

        if (File.Exists(path))
        {
            return Path.GetExtension(path).ToLowerInvariant() is ".parquet" or ".tar" ? [path] : null;
        }

        if (path.AsSpan().IndexOfAny('*', '?', '{') < 0)
        {
            return null;
        }

        ImmutableArray<string> files = [.. Braces(path).SelectMany(Matches).Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal)];
        return files.IsEmpty
            ? throw new DatasetException($"No file fits '{path}'. Check the pattern and the folder.")
            : OfOneKind(path, files);
    }

    /// <summary>The split that a file's name says, such as train-000.tar, or null.</summary>
    public static string? SplitOf(string file) =>
        Path.GetFileNameWithoutExtension(file).Split('-', '_')[0] is var first && SplitWords.Is(first) ? first : null;

    private static ImmutableArray<string>? OfFolder(string path)
    {
        var folder = new DirectoryInfo(path);
        if (folder.EnumerateDirectories().Any(child => PictureFolder.Reason(child) is null))
        {
            return null;
        }

        ImmutableArray<string> files =
        [
            .. folder
                .EnumerateFiles()
                .Where(file => PictureFolder.Reason(file) is null && Endings.Contains(file.Extension.ToLowerInvariant()))
                .Select(file => file.FullName)
                .Order(StringComparer.Ordinal),
        ];
        return files.IsEmpty ? null : OfOneKind(path, files);
    }

    private static ImmutableArray<string> OfOneKind(string path, ImmutableArray<string> files)
    {
        var kinds = files.Select(file => Path.GetExtension(file).ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal).ToList();
        return kinds.FirstOrDefault(kind => !Endings.Contains(kind)) is { } strange
                ? throw new DatasetException(
                    $"'{path}' names files ending in '{strange}'; a dataset in several files is of {string.Join(", ", Endings)}."
                )
            : kinds.Count > 1
                ? throw new DatasetException(
                    $"'{path}' holds files of {kinds.Count} kinds ({string.Join(", ", kinds)}). Name those of one kind, such as "
                        + $"'{Path.Combine(path, "*" + kinds[0])}'."
                )
            : files;
    }

    private static IEnumerable<string> Matches(string pattern)
    {
        var (folder, name) = (Path.GetDirectoryName(Path.GetFullPath(pattern))!, Path.GetFileName(pattern));
        return name.AsSpan().IndexOfAny('*', '?') < 0 ? (File.Exists(pattern) ? [Path.GetFullPath(pattern)] : Missing(pattern))
            : Directory.Exists(folder) ? Directory.EnumerateFiles(folder, name)
            : [];
    }

    private static IEnumerable<string> Missing(string file) =>
        throw new DatasetException($"There is no file '{file}', which the braces of the pattern name.");

    /// <summary><c>{000..127}</c>, as shells and WebDataset write it: numbers with leading zeros kept.</summary>
    private static IEnumerable<string> Braces(string path)
    {
        var range = Range().Match(path);
        if (!range.Success)
        {
            return [path];
        }

        var (from, to) = (range.Groups["from"].Value, range.Groups["to"].Value);
        var (first, last) = (int.Parse(from, CultureInfo.InvariantCulture), int.Parse(to, CultureInfo.InvariantCulture));
        return last < first || last - first >= MostBraces
            ? throw new DatasetException($"'{range.Value}' in '{path}' is no range of at most {MostBraces} numbers, such as {{000..127}}.")
            : Enumerable
                .Range(first, last - first + 1)
                .SelectMany(number =>
                    Braces(
                        path[..range.Index]
                            + number.ToString(CultureInfo.InvariantCulture).PadLeft(from.Length, '0')
                            + path[(range.Index + range.Length)..]
                    )
                );
    }

    [GeneratedRegex(@"\{(?<from>\d{1,9})\.\.(?<to>\d{1,9})\}")]
    private static partial Regex Range();
}
