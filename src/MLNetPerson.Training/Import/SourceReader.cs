using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>Finds out how a source describes its pictures and where they are, and reads it.</summary>
internal static class SourceReader
{
    /// <summary>Folders that mean something to a format, so that they are no wrapping.</summary>
    private static readonly string[] ContentFolders = ["images", "labels", "annotations", "jpegimages", "img", "ann", "data"];

    /// <summary>Reads one source.</summary>
    /// <param name="source">What to read.</param>
    /// <param name="folder">The dataset's: archives and pictures out of other files go into unpacked/NAME below it.</param>
    /// <param name="clip">Boxes over the edge are cut instead of refused.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static SourceContent Read(ImportSource source, string folder, bool clip, CancellationToken cancellation)
    {
        var path = source.Path;
        var unpackTo = Path.Combine(folder, "unpacked", source.Name);
        List<string> notes = [];
        if (Archive.Is(path))
        {
            notes.AddRange(PassedOver.Summarize(Archive.Unpack(path, unpackTo, cancellation)));
            path = OnlyFolder(unpackTo);
        }

        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new DatasetException($"There is no file or folder '{source.Path}'.");
        }

        var format = source.Format ?? SourceDetector.Detect(path);
        try
        {
            return Read(source, format, path, folder, clip, notes, cancellation);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new DatasetException($"'{source.Path}' cannot be read as {format}: {exception.Message}", exception);
        }
    }

    private static SourceContent Read(
        ImportSource source,
        SourceFormat format,
        string path,
        string folder,
        bool clip,
        List<string> notes,
        CancellationToken cancellation
    )
    {
        var persons = source.Persons;
        PictureRoot? used = null;
        PictureRoot Root(string custom) => used = new PictureRoot(source.Pictures ?? custom);
        // A format of files, given the folder that the file lies in.
        string InFolder(params string[] names) =>
            File.Exists(path)
                ? path
                : names.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
                    ?? throw new DatasetException($"'{path}' has no {string.Join(" or ", names)}, so it is not read as {format}.");
        string ThisFolder() => File.Exists(path) ? Above(path) : path;
        List<AnnotatedPicture> pictures = format switch
        {
            SourceFormat.Coco => CocoSource.Read(OneFile(path, "*.json"), Root(ThisFolder()), persons, clip, notes, cancellation),
            SourceFormat.OpenImages => OpenImagesSource.Read(OneFile(path, "*.csv"), Root(ThisFolder()), persons, clip, cancellation),
            SourceFormat.Csv => CsvSource.Read(OneFile(path, "*.csv"), Root(ThisFolder()), clip, cancellation),
            SourceFormat.Voc => VocSource.Read(
                Below(ThisFolder(), "Annotations") ?? ThisFolder(),
                Root(Below(ThisFolder(), "JPEGImages") ?? ThisFolder()),
                persons,
                clip,
                cancellation
            ),
            SourceFormat.Yolo => YoloSource.Read(
                ThisFolder(),
                Root(Below(ThisFolder(), "images") ?? ThisFolder()),
                persons,
                clip,
                notes,
                cancellation
            ),
            SourceFormat.WiderPerson => WiderPersonSource.Read(
                ThisFolder(),
                Root(Below(ThisFolder(), "Images") ?? ThisFolder()),
                clip,
                cancellation
            ),
            SourceFormat.LabelStudio => LabelStudioSource.Read(
                OneFile(path, "*.json"),
                Root(ThisFolder()),
                persons,
                clip,
                notes,
                cancellation
            ),
            SourceFormat.Cvat => CvatSource.Read(
                InFolder("annotations.xml"),
                Root(Below(ThisFolder(), "images") ?? ThisFolder()),
                persons,
                clip,
                notes,
                cancellation
            ),
            SourceFormat.Supervisely => SuperviselySource.Read(ThisFolder(), Root(ThisFolder()), persons, clip, cancellation),
            SourceFormat.FiftyOne => FiftyOneSource.Read(
                InFolder("samples.json", "labels.json"),
                Root(ThisFolder()),
                persons,
                clip,
                notes,
                cancellation
            ),
            SourceFormat.ImageFolder => ImageFolderSource.Read(path, Root(ThisFolder()), persons, clip, cancellation),
            SourceFormat.Parquet => ParquetSource.Read(
                path,
                Root(ThisFolder()),
                Path.Combine(folder, "unpacked", source.Name + "-pictures"),
                persons,
                clip,
                cancellation
            ),
            _ => FolderSource.Read(path, Root(path), notes),
        };
        if (format is not (SourceFormat.Folders or SourceFormat.Parquet))
        {
            AddUndescribed(used!, folder, pictures, notes);
        }

        return new SourceContent(format, pictures, notes);
    }

    /// <summary>Pictures that the annotations do not name, and what was passed over where they lie.</summary>
    private static void AddUndescribed(PictureRoot root, string folder, List<AnnotatedPicture> pictures, List<string> notes)
    {
        // What an earlier import wrote is no picture of the source.
        string[] own = [Path.Combine(folder, "pictures"), Path.Combine(folder, "unpacked")];
        bool IsOwn(string path) => own.Any(one => IsBelow(path, one) && !IsBelow(root.Folder, one) && root.Folder != one);
        var described = pictures.Select(picture => picture.Path).ToHashSet(RealPaths.Comparer);
        var rest = root.Pictures.Files.Select(file => file.FullName).Where(path => !described.Contains(path) && !IsOwn(path)).ToList();
        if (rest.Count > 0)
        {
            notes.Add(
                $"{Names.Count(rest.Count, "picture", "pictures")} in '{root.Folder}' without an annotation, not taken: "
                    + Names.Some([.. rest.Select(path => PictureFolder.Name(root.Folder, path))])
            );
        }

        var links = root.Links.Where(link => !described.Contains(link.FullName)).ToList();
        if (links.Count > 0)
        {
            notes.Add(
                $"{Names.Count(links.Count, "link", "links")} in '{root.Folder}' without an annotation, not followed: "
                    + Names.Some([.. links.Select(link => PictureFolder.Name(root.Folder, link.FullName))])
            );
        }

        notes.AddRange(
            PassedOver.Summarize(
                root.Pictures.PassedOver.Where(entry =>
                    entry.Reason != PassedOverReasons.NoPicture
                    && entry.File != Archive.Stamp
                    && !IsOwn(Path.Combine(root.Folder, entry.File))
                )
            )
        );
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The file itself, or the only one of its kind in the folder.</summary>
    private static string OneFile(string path, string pattern) =>
        File.Exists(path)
            ? path
            : Directory.GetFiles(path, pattern) switch
            {
                [var only] => only,
                [] => throw new DatasetException($"'{path}' has no {pattern} in it. Name the file of annotations."),
                var several => throw new DatasetException(
                    $"'{path}' has {several.Length} files {pattern} in it. Name the one with the annotations."
                ),
            };

    /// <summary>Archives often hold one folder with everything in it.</summary>
    private static string OnlyFolder(string folder)
    {
        while (
            Directory.GetDirectories(folder) is [var only]
            && LabelWords.Parse(Path.GetFileName(only)) is null
            && !SplitWords.Is(Path.GetFileName(only))
            && !ContentFolders.Contains(Path.GetFileName(only), StringComparer.OrdinalIgnoreCase)
            && Directory.GetFiles(folder).All(file => Path.GetFileName(file).StartsWith('.'))
        )
        {
            folder = only;
        }

        return folder;
    }

    private static string? Below(string folder, string name) =>
        Directory.Exists(Path.Combine(folder, name)) ? Path.Combine(folder, name) : null;

    private static string Above(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
