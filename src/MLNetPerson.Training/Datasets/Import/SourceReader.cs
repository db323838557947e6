namespace MLNetPerson.Training.Datasets.Import;

/// <summary>Finds out how a source describes its pictures and where they are, and reads it.</summary>
internal static class SourceReader
{
    /// <summary>Reads one source.</summary>
    /// <param name="source">What to read.</param>
    /// <param name="unpackTo">Where an archive goes.</param>
    /// <param name="clip">Boxes over the edge are cut instead of refused.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static (SourceFormat Format, List<AnnotatedPicture> Pictures) Read(
        ImportSource source,
        string unpackTo,
        bool clip,
        CancellationToken cancellation
    )
    {
        var path = source.Path;
        if (Archive.Is(path))
        {
            Archive.Unpack(path, unpackTo, cancellation);
            path = OnlyFolder(unpackTo);
        }

        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new DatasetException($"There is no file or folder '{source.Path}'.");
        }

        var format = source.Format ?? Detect(path);
        PictureRoot Root(string custom) => new(source.Pictures ?? custom);
        return (
            format,
            format switch
            {
                SourceFormat.Coco => CocoSource.Read(path, Root(Above(path)), source.Persons, clip, cancellation),
                SourceFormat.OpenImages => OpenImagesSource.Read(path, Root(Above(path)), source.Persons, clip, cancellation),
                SourceFormat.Csv => CsvSource.Read(path, Root(Above(path)), clip, cancellation),
                SourceFormat.Voc => VocSource.Read(
                    Below(path, "Annotations") ?? path,
                    Root(Below(path, "JPEGImages") ?? path),
                    source.Persons,
                    clip,
                    cancellation
                ),
                SourceFormat.Yolo => YoloSource.Read(path, Root(Below(path, "images") ?? path), source.Persons, clip, cancellation),
                SourceFormat.WiderPerson => WiderPersonSource.Read(path, Root(Below(path, "Images") ?? path), clip, cancellation),
                _ => FolderSource.Read(path, Root(path)),
            }
        );
    }

    private static SourceFormat Detect(string path)
    {
        if (File.Exists(path))
        {
            var ending = Path.GetExtension(path).ToLowerInvariant();
            return ending == ".json" ? SourceFormat.Coco
                : ending == ".csv"
                    ? (
                        FirstLine(path).Contains("labelname", StringComparison.OrdinalIgnoreCase)
                            ? SourceFormat.OpenImages
                            : SourceFormat.Csv
                    )
                : throw new DatasetException(
                    $"'{path}' is neither .json, .csv nor an archive (.zip, .tar, .tar.gz). Say what it is: {ImportSource.FormatNames}, as "
                        + $"in NAME=coco:PATH."
                );
        }

        return Below(path, "Annotations") is { } wider
            && Directory.EnumerateFiles(wider, "*.txt").Any()
            && Below(path, "Images") is not null
                ? SourceFormat.WiderPerson
            : Directory.EnumerateFiles(Below(path, "Annotations") ?? path, "*.xml").Any() ? SourceFormat.Voc
            : Below(path, "labels") is not null && Below(path, "images") is not null ? SourceFormat.Yolo
            : SourceFormat.Folders;
    }

    /// <summary>Archives often hold one folder with everything in it.</summary>
    private static string OnlyFolder(string folder) =>
        Directory.GetDirectories(folder) is [var only]
        && LabelWords.Parse(Path.GetFileName(only)) is null
        && Directory.GetFiles(folder).All(file => Path.GetFileName(file).StartsWith('.'))
            ? only
            : folder;

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

    private static string? Below(string folder, string name) =>
        Directory.Exists(Path.Combine(folder, name)) ? Path.Combine(folder, name) : null;

    private static string Above(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
