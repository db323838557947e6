using System.Text.Json;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>Tells a source's format by names, and by the first keys of JSON.</summary>
internal static class SourceDetector
{
    /// <exception cref="DatasetException">The file is of no kind that is read.</exception>
    public static SourceFormat Detect(string path) => File.Exists(path) ? OfFile(path) : OfFolder(path);

    private static SourceFormat OfFile(string path) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".json" => OfJson(path),
            ".jsonl" => SourceFormat.ImageFolder,
            ".parquet" => SourceFormat.Parquet,
            ".xml" => SourceFormat.Cvat,
            ".yaml" or ".yml" => SourceFormat.Yolo,
            ".csv" when FirstLine(path) is var line => line.Contains("labelname", StringComparison.OrdinalIgnoreCase)
                ? SourceFormat.OpenImages
            : line.Split(',').Any(cell => cell.Trim(' ', '"').Equals("file_name", StringComparison.OrdinalIgnoreCase))
                ? SourceFormat.ImageFolder
            : SourceFormat.Csv,
            _ => throw new DatasetException(
                $"'{path}' is neither .json, .jsonl, .csv, .xml, .yaml, .parquet nor an archive (.zip, .tar, .tar.gz); unpack other "
                    + $"archives first. Or say what it is: {ImportSource.FormatNames}, as in NAME=coco:PATH."
            ),
        };

    private static SourceFormat OfFolder(string path)
    {
        bool Has(string name) => File.Exists(Path.Combine(path, name));
        string? Below(string name) => Directory.Exists(Path.Combine(path, name)) ? Path.Combine(path, name) : null;
        return Below("Annotations") is { } wider && Directory.EnumerateFiles(wider, "*.txt").Any() && Below("Images") is not null
                ? SourceFormat.WiderPerson
            : Has("annotations.xml") ? SourceFormat.Cvat
            : Has("meta.json") ? SourceFormat.Supervisely
            : Has("samples.json") || (Has("labels.json") && OfJson(Path.Combine(path, "labels.json")) == SourceFormat.FiftyOne)
                ? SourceFormat.FiftyOne
            : Any(Below("Annotations") ?? path, "*.xml") ? SourceFormat.Voc
            : IsYolo(path) ? SourceFormat.Yolo
            : Any(path, "*.parquet") ? SourceFormat.Parquet
            : Any(path, "metadata.csv") || Any(path, "metadata.jsonl") ? SourceFormat.ImageFolder
            : SplitsOfCoco(path) is { Count: > 1 } splits
                ? throw new DatasetException(
                    $"'{path}' has annotations of COCO in several folders, as Roboflow writes one for each split. Name each as a source "
                        + $"of its own: {string.Join(" ", splits.Select(split => $"{Path.GetFileName(split)}={split}"))}."
                )
            : Has("_annotations.coco.json") || OnlyJson(path) is { } json && OfJson(json) == SourceFormat.Coco ? SourceFormat.Coco
            : SourceFormat.Folders;
    }

    /// <summary>In the folder, or in a folder directly below it that is no class (such as one for each split, or data/).</summary>
    private static bool Any(string folder, string pattern) =>
        Directory
            .EnumerateDirectories(folder)
            .Where(child =>
                PictureFolder.ReasonByName(Path.GetFileName(child)) is null && LabelWords.Parse(Path.GetFileName(child)) is null
            )
            .Prepend(folder)
            .Any(one => Directory.EnumerateFiles(one, pattern).Any());

    /// <summary>Folders directly below that hold Roboflow's file of annotations.</summary>
    private static List<string> SplitsOfCoco(string path) =>
        [
            .. Directory
                .EnumerateDirectories(path)
                .Where(folder => File.Exists(Path.Combine(folder, "_annotations.coco.json")))
                .Order(StringComparer.Ordinal),
        ];

    private static string? OnlyJson(string folder) => Directory.GetFiles(folder, "*.json") is [var only] ? only : null;

    private static bool IsYolo(string path)
    {
        if (YoloNames.IsNamed(path))
        {
            return true;
        }

        return HasBoth(path)
            || (Directory.Exists(Path.Combine(path, "labels")) && File.Exists(Path.Combine(path, "data.yaml")))
            || Directory.EnumerateDirectories(path).Any(HasBoth);

        static bool HasBoth(string folder) =>
            Directory.Exists(Path.Combine(folder, "labels")) && Directory.Exists(Path.Combine(folder, "images"));
    }

    /// <summary>An array is Label Studio's; of an object the first telling key decides.</summary>
    private static SourceFormat OfJson(string path)
    {
        SourceFormat? found = null;
        try
        {
            using var stream = File.OpenRead(path);
            JsonStream.Read(
                stream,
                (ref Utf8JsonReader reader, LineCounter _) =>
                {
                    found ??= (reader.TokenType, reader.CurrentDepth) switch
                    {
                        (JsonTokenType.StartArray, 0) => SourceFormat.LabelStudio,
                        (JsonTokenType.PropertyName, 1) => reader.GetString() switch
                        {
                            "images" or "annotations" or "categories" => SourceFormat.Coco,
                            "samples" or "labels" => SourceFormat.FiftyOne,
                            _ => null,
                        },
                        _ => null,
                    };
                    if (found is not null)
                    {
                        throw new OperationCanceledException();
                    }
                },
                default
            );
        }
        catch (OperationCanceledException)
        {
            // Enough was read.
        }
        catch (JsonException)
        {
            // The reader of the format says where the fault is.
        }

        return found ?? SourceFormat.Coco;
    }

    private static string FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault() ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }
}
