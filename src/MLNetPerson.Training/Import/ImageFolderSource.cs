using System.Text.Json;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// Hugging Face's imagefolder: metadata.csv or metadata.jsonl, in the folder or in one per split, with <c>file_name</c> and <c>label</c> or
/// <c>objects</c>. Names are below the folder of their metadata.
/// </summary>
/// <remarks>https://huggingface.co/docs/datasets/image_load#imagefolder</remarks>
internal static class ImageFolderSource
{
    private static readonly string[] FileNames = ["metadata.csv", "metadata.jsonl"];

    public static List<AnnotatedPicture> Read(
        string path,
        PictureRoot root,
        IReadOnlyCollection<string> persons,
        bool clip,
        CancellationToken cancellation
    )
    {
        var faults = new ImportFaults(path);
        var files = File.Exists(path)
            ? [path]
            : new DirectoryInfo(path)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Where(file => FileNames.Contains(file.Name, StringComparer.OrdinalIgnoreCase))
                .Select(file => file.FullName)
                .Order(StringComparer.Ordinal)
                .ToList();
        if (files.Count == 0)
        {
            throw new DatasetException($"'{path}' has no {string.Join(" or ", FileNames)} in it.");
        }

        List<DescribedRow> rows = [];
        foreach (var file in files)
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            var beside = Path.GetRelativePath(root.Folder, folder).Replace('\\', '/');
            beside = beside == "." || beside.StartsWith("..", StringComparison.Ordinal) ? "" : beside;
            var place = files.Count == 1 ? "" : $"{PictureFolder.Name(path, file)}, ";
            var split = beside.Split('/').FirstOrDefault(SplitWords.Is);
            rows.AddRange(
                Path.GetExtension(file).Equals(".csv", StringComparison.OrdinalIgnoreCase)
                    ? Csv(file, place, beside, split, faults)
                    : Lines(file, place, beside, split, faults)
            );
        }

        faults.Throw();
        return DescribedRow.Pictures(path, rows, root, persons, clip, faults, cancellation);
    }

    private static List<DescribedRow> Csv(string file, string place, string beside, string? split, ImportFaults faults)
    {
        List<DescribedRow> rows = [];
        CsvRows.Read(
            file,
            ["file_name"],
            columns =>
                (csv, line) =>
                {
                    if (csv.GetField("file_name") is not { Length: > 0 } name)
                    {
                        faults.Add($"{place}line {line}", "'file_name' is empty");
                        return;
                    }

                    rows.Add(
                        new DescribedRow(
                            $"{place}line {line}",
                            name,
                            beside,
                            columns.Contains("label") ? csv.GetField("label") : null,
                            null,
                            split
                        )
                    );
                }
        );
        return rows;
    }

    private static List<DescribedRow> Lines(string file, string place, string beside, string? split, ImportFaults faults)
    {
        List<DescribedRow> rows = [];
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line);
                var row = document.RootElement.Clone();
                if (row.Get("file_name").Text() is not { Length: > 0 } name)
                {
                    faults.Add($"{place}line {number}", "'file_name' is missing");
                    continue;
                }

                rows.Add(new DescribedRow($"{place}line {number}", name, beside, row.Get("label").Text(), row.Get("objects"), split));
            }
            catch (JsonException exception)
            {
                throw JsonFile.NotJson(file, exception, number - 1);
            }
        }

        return rows;
    }
}
