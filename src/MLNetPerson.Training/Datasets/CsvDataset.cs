using System.Collections.Immutable;
using CsvHelper;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// A CSV with the columns <c>file</c> and <c>label</c>, and perhaps <c>split</c>, <c>group</c> and others, which become attributes.
/// Files are given below the CSV's own folder, or where <see cref="DatasetOptions"/> allow.
/// </summary>
internal static class CsvDataset
{
    public static Dataset Read(string path, DatasetOptions options)
    {
        var own = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var root = Root(path, options);
        var samples = ImmutableArray.CreateBuilder<Sample>();
        List<string> faults = [];
        CsvRows.Read(path, ["file", "label"], columns => Rows(root, options, columns, samples, faults));
        if (faults.Count > 0)
        {
            throw new DatasetException(
                FaultList.Text($"'{path}' has {faults.Count} faulty {(faults.Count == 1 ? "line" : "lines")}", faults)
            );
        }

        return samples.Count > 0
            ? new Dataset(Path.GetFileName(own), samples.ToImmutable())
            : throw new DatasetException($"'{path}' has no samples below its header.");
    }

    /// <summary>The folder that a list's relative paths start from.</summary>
    /// <exception cref="DatasetException">There is no such folder.</exception>
    internal static string Root(string path, DatasetOptions options)
    {
        var root = options.Root is { } given
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(given))
            : Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(root)
            ? root
            : throw new DatasetException($"There is no folder '{options.Root}', which --root names for the files of '{path}'.");
    }

    private static Action<CsvReader, int> Rows(
        string root,
        DatasetOptions options,
        string[] columns,
        ImmutableArray<Sample>.Builder samples,
        List<string> faults
    )
    {
        var real = new RealPaths();
        var attributes = columns
            .Where(column => column is not ("file" or "label" or "split" or "group" or ListedRow.Sha256 or ""))
            .Distinct()
            .ToArray();
        var listed = new ListedRow(root, options, columns);
        var seen = new Dictionary<string, (string File, int Line)>(RealPaths.Comparer);
        return (csv, line) =>
        {
            var file = (csv.GetField("file") ?? "").Replace('\\', '/');
            var label = csv.GetField("label") ?? "";
            var (path, fault) = Resolve(root, options, file);
            fault ??= listed.HashFault(column => csv.GetField(column));
            if (fault is not null || LabelWords.Parse(label) is null)
            {
                faults.Add($"line {line}: {fault ?? $"label '{label}' is unknown; use {LabelWords.Expected}"}");
            }
            else if (!seen.TryAdd(real.Of(path), (file, line)))
            {
                var first = seen[real.Of(path)];
                faults.Add(
                    first.File == file
                        ? $"line {line}: '{file}' stands in line {first.Line} already"
                        : $"line {line}: '{file}' is the same file as '{first.File}' in line {first.Line}"
                );
            }
            else
            {
                samples.Add(
                    new Sample
                    {
                        File = file,
                        Path = path,
                        IsPerson = LabelWords.Parse(label)!.Value,
                        Split = Field(csv, columns, "split"),
                        Group = Field(csv, columns, "group"),
                        Sha256 = listed.Hash(column => csv.GetField(column)),
                        Attributes = attributes.ToImmutableSortedDictionary(
                            name => name,
                            name => csv.GetField(name) ?? "",
                            StringComparer.Ordinal
                        ),
                    }
                );
            }
        };
    }

    internal static (string Path, string? Fault) Resolve(string root, DatasetOptions options, string file)
    {
        if (file.Length == 0)
        {
            return ("", "'file' is empty");
        }

        if (file.Contains('\0', StringComparison.Ordinal))
        {
            return ("", "the file's name holds a zero character");
        }

        var path = Path.GetFullPath(Path.Combine(root, file));
        return
            options.AnyPath
            || path.StartsWith(Path.TrimEndingDirectorySeparator(root).TrimEnd('/') + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? (path, null)
            : (
                path,
                $"'{file}' leads out of the CSV's folder; give files below it, the folder that they are below by --root, or allow any "
                    + $"place by --any-path"
            );
    }

    private static string? Field(CsvReader csv, string[] columns, string name) =>
        columns.Contains(name) && csv.GetField(name) is { Length: > 0 } value ? value : null;
}
