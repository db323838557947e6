using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// YOLO's text: for each picture a file (see <see cref="YoloLabels"/>) with lines "class cx cy w h", fractions of the picture; lines with
/// more numbers are outlines, of which the enclosing box is taken, or key points where data.yaml has <c>kpt_shape</c>. A picture without
/// such a file has no objects, which is YOLO's custom; it is told how many there are. Splits are those of lists (see
/// <see cref="YoloLists"/>), else of folders.
/// </summary>
internal static class YoloSource
{
    public static List<AnnotatedPicture> Read(
        string folder,
        PictureRoot root,
        IReadOnlyCollection<string> persons,
        bool clip,
        List<string> notes,
        CancellationToken cancellation
    )
    {
        var faults = new ImportFaults(folder);
        var names = YoloNames.Read(folder);
        var wanted = Wanted(folder, names, persons);
        var keyPoints = YoloNames.HasKeyPoints(folder);
        var files = Pictures(root, faults).ToList();
        if (files.Count == 0 && faults.Count == 0)
        {
            throw new DatasetException($"'{root.Folder}' has no pictures (by the endings {PictureEndings.Text}).");
        }

        var labels = YoloLabels.Find(folder, root.Folder, files, faults);
        var lists = YoloLists.Read(folder, files, faults);
        Judge(folder, root, labels, files.Count, faults, notes);
        List<AnnotatedPicture> pictures = [];
        foreach (var path in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var file = Path.GetRelativePath(root.Folder, path).Replace('\\', '/');
            var boxes = ImmutableArray.CreateBuilder<PersonBox>();
            var (width, height) = PictureSize.Read(path);
            if (labels.Of(path) is { } text)
            {
                ReadLabels(text, labels.Name(text), names, wanted, keyPoints, width, height, clip, boxes, faults);
            }

            pictures.Add(
                new AnnotatedPicture
                {
                    File = file,
                    Path = path,
                    Where = labels.Name(path),
                    Width = width,
                    Height = height,
                    Persons = boxes.ToImmutable(),
                    Split = lists.Of(path) ?? SplitOf(root, file),
                }
            );
        }

        faults.Throw();
        notes.AddRange(lists.Notes(pictures.Where(picture => picture.Split is null).Select(picture => picture.File)));
        return pictures;
    }

    /// <summary>Label files without pictures beside pictures without label files probably belong together, so nothing may be
    /// guessed.</summary>
    private static void Judge(string folder, PictureRoot root, YoloLabels labels, int pictures, ImportFaults faults, List<string> notes)
    {
        if (faults.Count > 0)
        {
            return;
        }

        var leftOver = $"{Names.Count(labels.LeftOver.Count, "label file belongs", "label files belong")} to no picture";
        var without = Names.Count(labels.Without.Count, "picture has no label file", "pictures have no label file");
        var withoutNames = Names.Some([.. labels.Without.Select(labels.Name)]);
        if (labels.LeftOver.Count > 0 && labels.Without.Count > 0)
        {
            throw new DatasetException(
                $"'{folder}': {leftOver} ({Names.Some(labels.LeftOver)}), and {without} ({withoutNames}). Name label files as their "
                    + $"pictures, or remove those without a picture. Nothing was imported."
            );
        }

        if (labels.Without.Count == pictures)
        {
            throw new DatasetException(
                $"'{folder}' has no label file (.txt) for any of the {pictures} pictures in '{root.Folder}'. Name the folder with the "
                    + $"labels as the source and the pictures' after '@'. Nothing was imported."
            );
        }

        if (labels.LeftOver.Count > 0)
        {
            notes.Add($"{leftOver}: {Names.Some(labels.LeftOver)}");
        }

        if (labels.Without.Count > 0)
        {
            notes.Add($"{without} and so no objects, which is YOLO's custom: {withoutNames}");
        }
    }

    /// <summary>Below images/ the first folder, elsewhere the first folder that is called like a split.</summary>
    private static string? SplitOf(PictureRoot root, string file)
    {
        var parts = file.Split('/')[..^1];
        return parts.Length > 0 && Path.GetFileName(root.Folder).Equals("images", StringComparison.OrdinalIgnoreCase)
            ? parts[0]
            : parts
                .Select(part => part.StartsWith("obj_", StringComparison.Ordinal) ? part.Split('_')[1] : part)
                .FirstOrDefault(SplitWords.Is);
    }

    private static IEnumerable<string> Pictures(PictureRoot root, ImportFaults faults)
    {
        foreach (var link in root.Links)
        {
            faults.Add("", root.Resolve(Path.GetRelativePath(root.Folder, link.FullName), out _, out _) ?? $"'{link.Name}' is a link");
        }

        return root.Pictures.Files.Select(file => file.FullName);
    }

    private static HashSet<int> Wanted(string folder, IReadOnlyList<string>? names, IReadOnlyCollection<string> persons)
    {
        if (names is not null)
        {
            var chosen = PersonCategories.Choose(folder, names, persons);
            return [.. names.Select((name, index) => (name, index)).Where(pair => chosen.Contains(pair.name)).Select(pair => pair.index)];
        }

        return persons.Count > 0 && persons.All(person => int.TryParse(person, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? [.. persons.Select(person => int.Parse(person, CultureInfo.InvariantCulture))]
            : throw new DatasetException(
                $"'{folder}' has no data.yaml, classes.txt or obj.names that says which class is a person. Add one, or give the class's "
                    + $"number: --person 0."
            );
    }

    private static void ReadLabels(
        string path,
        string name,
        IReadOnlyList<string>? names,
        HashSet<int> wanted,
        bool keyPoints,
        int width,
        int height,
        bool clip,
        ImmutableArray<PersonBox>.Builder boxes,
        ImportFaults faults
    )
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            var values = new double[words.Length - 1];
            var fault =
                !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    ? $"'{words[0]}' is not a class's number"
                : names is not null && index >= names.Count
                    ? $"class {index} is unknown; there are {names.Count}: {string.Join(", ", names.Take(5))}"
                        + $"{(names.Count > 5 ? ", …" : "")}"
                : !values
                    .Select((_, i) => double.TryParse(words[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]))
                    .All(read => read)
                    ? $"'{line.Trim()}' holds something else than numbers"
                : Box(keyPoints && values.Length > 4 ? values[..4] : values) is not { } found
                    ? $"'{line.Trim()}' is neither 'class cx cy w h' nor an outline"
                : wanted.Contains(index) ? Keep(found)
                : null;
            if (fault is not null)
            {
                faults.Add($"{name}, line {number}", fault);
            }
        }

        string? Keep(PersonBox fraction)
        {
            if (!clip && fraction.FractionFault() is { } outside)
            {
                return outside;
            }

            if (fraction.OfPicture(width, height) is { Area: > 0 } box)
            {
                boxes.Add(box);
            }

            return null;
        }
    }

    /// <summary>From "cx cy w h", perhaps with a confidence behind, or from "x1 y1 x2 y2 x3 y3 …".</summary>
    private static PersonBox? Box(double[] values)
    {
        if (values.Length is 4 or 5)
        {
            return new PersonBox(values[0] - (values[2] / 2), values[1] - (values[3] / 2), values[2], values[3]);
        }

        if (values.Length < 6 || values.Length % 2 == 1)
        {
            return null;
        }

        var (x, y) = (values.Where((_, i) => i % 2 == 0).ToList(), values.Where((_, i) => i % 2 == 1).ToList());
        return new PersonBox(x.Min(), y.Min(), x.Max() - x.Min(), y.Max() - y.Min());
    }
}
