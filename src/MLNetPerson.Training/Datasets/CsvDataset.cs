using System.Collections.Immutable;
using CsvHelper;
using MLNetPerson.Training.Datasets.Import;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// A CSV with the columns <c>file</c> and <c>label</c>, and perhaps <c>split</c>, <c>group</c> and others, which become attributes.
/// Files are given below the CSV's own folder.
/// </summary>
internal static class CsvDataset
{
    private const int MostFaultsShown = 10;

    public static Dataset Read(string path)
    {
        var root = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var samples = ImmutableArray.CreateBuilder<Sample>();
        List<string> faults = [];
        CsvRows.Read(path, ["file", "label"], columns => Rows(root, columns, samples, faults));
        if (faults.Count > 0)
        {
            var shown =
                string.Join("; ", faults.Take(MostFaultsShown))
                + (faults.Count > MostFaultsShown ? $"; and {faults.Count - MostFaultsShown} more" : "");
            throw new DatasetException($"'{path}' has {faults.Count} faulty {(faults.Count == 1 ? "line" : "lines")}: {shown}.");
        }

        return samples.Count > 0
            ? new Dataset(Path.GetFileName(root), samples.ToImmutable())
            : throw new DatasetException($"'{path}' has no samples below its header.");
    }

    private static Action<CsvReader, int> Rows(string root, string[] columns, ImmutableArray<Sample>.Builder samples, List<string> faults)
    {
        var attributes = columns.Where(column => column is not ("file" or "label" or "split" or "group" or "")).Distinct().ToArray();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return (csv, line) =>
        {
            var file = (csv.GetField("file") ?? "").Replace('\\', '/');
            var label = csv.GetField("label") ?? "";
            if (RowFault(root, file, label) is { } fault)
            {
                faults.Add($"line {line}: {fault}");
            }
            else if (!seen.TryAdd(file, line))
            {
                faults.Add($"line {line}: '{file}' stands in line {seen[file]} already");
            }
            else
            {
                samples.Add(
                    new Sample
                    {
                        File = file,
                        Path = Path.GetFullPath(Path.Combine(root, file)),
                        IsPerson = LabelWords.Parse(label)!.Value,
                        Split = Field(csv, columns, "split"),
                        Group = Field(csv, columns, "group"),
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

    private static string? RowFault(string root, string file, string label)
    {
        if (file.Length == 0)
        {
            return "'file' is empty";
        }

        if (
            Path.IsPathRooted(file)
            || !Path.GetFullPath(Path.Combine(root, file)).StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        )
        {
            return $"'{file}' leads out of the CSV's folder; give files below it";
        }

        return LabelWords.Parse(label) is null ? $"label '{label}' is unknown; use {LabelWords.Expected}" : null;
    }

    private static string? Field(CsvReader csv, string[] columns, string name) =>
        columns.Contains(name) && csv.GetField(name) is { Length: > 0 } value ? value : null;
}
