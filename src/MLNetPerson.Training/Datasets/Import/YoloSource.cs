using System.Collections.Immutable;
using System.Globalization;

namespace MLNetPerson.Training.Datasets.Import;

/// <summary>
/// YOLO's text: for each picture <c>images/a.jpg</c> a file <c>labels/a.txt</c> with lines "class cx cy w h", fractions of the picture;
/// lines with
/// more numbers are outlines, of which the enclosing box is taken. A picture without such a file has no objects, which is YOLO's custom.
/// </summary>
internal static class YoloSource
{
    public static List<AnnotatedPicture> Read(
        string folder,
        PictureRoot root,
        IReadOnlyCollection<string> persons,
        bool clip,
        CancellationToken cancellation
    )
    {
        var faults = new ImportFaults(folder);
        var names = YoloNames.Read(folder);
        var wanted = Wanted(folder, names, persons);
        var labels = Path.Combine(Path.GetFullPath(folder), "labels");
        List<AnnotatedPicture> pictures = [];
        foreach (var path in Pictures(root, faults))
        {
            cancellation.ThrowIfCancellationRequested();
            var file = Path.GetRelativePath(root.Folder, path).Replace('\\', '/');
            var text = Path.Combine(labels, Path.ChangeExtension(file, ".txt"));
            var boxes = ImmutableArray.CreateBuilder<PersonBox>();
            var (width, height) = PictureSize.Read(path);
            if (File.Exists(text))
            {
                ReadLabels(text, $"labels/{Path.ChangeExtension(file, ".txt")}", names, wanted, width, height, clip, boxes, faults);
            }

            var parts = file.Split('/');
            pictures.Add(
                new AnnotatedPicture
                {
                    File = file,
                    Path = path,
                    Where = $"images/{file}",
                    Width = width,
                    Height = height,
                    Persons = boxes.ToImmutable(),
                    Split = parts.Length > 1 ? parts[0] : null,
                }
            );
        }

        if (pictures.Count == 0 && faults.Count == 0)
        {
            throw new DatasetException($"'{root.Folder}' has no pictures (by the endings {PictureEndings.Text}).");
        }

        faults.Throw();
        return pictures;
    }

    private static IEnumerable<string> Pictures(PictureRoot root, ImportFaults faults)
    {
        foreach (var file in PictureEndings.FilesAndLinks(new DirectoryInfo(root.Folder)))
        {
            if (root.Resolve(Path.GetRelativePath(root.Folder, file.FullName), out _, out var path) is { } fault)
            {
                faults.Add("", fault);
            }
            else
            {
                yield return path;
            }
        }
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
                : Box(values) is not { } found ? $"'{line.Trim()}' is neither 'class cx cy w h' nor an outline"
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
