using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

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
        try
        {
            using var text = new StreamReader(path);
            using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                PrepareHeaderForMatch = header => header.Header.Trim().ToLowerInvariant(),
                TrimOptions = TrimOptions.Trim,
                BadDataFound = bad => throw new DatasetException($"'{path}', up to line {bad.Context.Parser!.RawRow}: quotes do not match in '{Short(bad.RawRecord)}'. Fix the line."),
                MissingFieldFound = null,
            });
            if (!csv.Read() || !csv.ReadHeader())
            {
                throw new DatasetException($"'{path}' is empty. Its first line must name the columns, at least file and label.");
            }

            return new Dataset(Path.GetFileName(root), ReadRows(path, root, csv));
        }
        catch (Exception exception) when (exception is CsvHelperException or IOException or UnauthorizedAccessException)
        {
            throw exception.InnerException as DatasetException ?? new DatasetException($"'{path}' cannot be read as CSV: {exception.Message}", exception);
        }
    }

    private static ImmutableArray<Sample> ReadRows(string path, string root, CsvReader csv)
    {
        var columns = csv.HeaderRecord!.Select(header => header.Trim().ToLowerInvariant()).ToArray();
        string[] missing = [.. new[] { "file", "label" }.Where(required => !columns.Contains(required))];
        if (missing.Length > 0)
        {
            throw new DatasetException($"'{path}' has no column {string.Join(" and no column ", missing)}. Its columns: {string.Join(", ", columns)}.");
        }

        var attributes = columns.Where(column => column is not ("file" or "label" or "split" or "group" or "")).Distinct().ToArray();
        var samples = ImmutableArray.CreateBuilder<Sample>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        List<string> faults = [];
        while (csv.Read())
        {
            var line = csv.Context.Parser!.RawRow;
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
                samples.Add(new Sample
                {
                    File = file,
                    Path = Path.GetFullPath(Path.Combine(root, file)),
                    IsPerson = LabelWords.Parse(label)!.Value,
                    Split = Field(csv, columns, "split"),
                    Group = Field(csv, columns, "group"),
                    Attributes = attributes.ToImmutableSortedDictionary(name => name, name => csv.GetField(name) ?? "", StringComparer.Ordinal),
                });
            }
        }

        if (faults.Count > 0)
        {
            var shown = string.Join("; ", faults.Take(MostFaultsShown)) + (faults.Count > MostFaultsShown ? $"; and {faults.Count - MostFaultsShown} more" : "");
            throw new DatasetException($"'{path}' has {faults.Count} faulty {(faults.Count == 1 ? "line" : "lines")}: {shown}.");
        }

        return samples.Count > 0 ? samples.ToImmutable() : throw new DatasetException($"'{path}' has no samples below its header.");
    }

    private static string? RowFault(string root, string file, string label)
    {
        if (file.Length == 0)
        {
            return "'file' is empty";
        }

        if (Path.IsPathRooted(file) || !Path.GetFullPath(Path.Combine(root, file)).StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return $"'{file}' leads out of the CSV's folder; give files below it";
        }

        return LabelWords.Parse(label) is null ? $"label '{label}' is unknown; use {LabelWords.Expected}" : null;
    }

    private static string? Field(CsvReader csv, string[] columns, string name) =>
        columns.Contains(name) && csv.GetField(name) is { Length: > 0 } value ? value : null;

    private static string Short(string record) => record.Trim() is { Length: > 60 } text ? text[..60] + "…" : record.Trim();
}
