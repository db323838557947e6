using System.Collections.Immutable;
using System.Xml.Linq;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>PASCAL VOC: one XML file per picture. Pixels are counted from 1 and the last one belongs to the box.</summary>
internal static class VocSource
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
        var documents = new List<(string Where, XElement Annotation)>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
            if (XmlFile.Load(file, name, "annotation", faults) is { } annotation)
            {
                documents.Add((name, annotation));
            }
        }

        faults.Throw();
        var names = documents
            .SelectMany(document => document.Annotation.Elements("object").Select(item => Text(item, "name")))
            .OfType<string>();
        var wanted = PersonCategories.Choose(folder, names, persons);
        var splits = Splits(folder);
        var pictures = documents
            .Select(document => Picture(document.Where, document.Annotation, root, wanted, clip, splits, faults))
            .OfType<AnnotatedPicture>()
            .ToList();
        faults.Throw();
        return pictures;
    }

    private static AnnotatedPicture? Picture(
        string file,
        XElement annotation,
        PictureRoot root,
        HashSet<string> wanted,
        bool clip,
        Dictionary<string, string> splits,
        ImportFaults faults
    )
    {
        var picture = Text(annotation, "filename") ?? "";
        var beside = Path.GetDirectoryName(file)!.Replace('\\', '/');
        if (root.Find(picture, beside, out var name, out var path) is { } fault)
        {
            faults.Add(Where(file, annotation.Element("filename") ?? annotation), fault);
            return null;
        }

        var size = annotation.Element("size");
        var (width, height) = (Number(size, "width") ?? -1, Number(size, "height") ?? -1);
        if (size is null || (width == 0 && height == 0))
        {
            // LabelImg writes 0 for pictures that it opened from elsewhere; the file knows.
            (width, height) = PictureSize.Read(path);
        }

        if (File.Exists(path) && (width < 1 || height < 1))
        {
            faults.Add(Where(file, size ?? annotation), "'size' has no 'width' and 'height' above 0");
            return null;
        }

        var boxes = ImmutableArray.CreateBuilder<PersonBox>();
        List<PersonBox> difficult = [];
        foreach (var item in annotation.Elements("object"))
        {
            if (Text(item, "name") is not { Length: > 0 } category)
            {
                faults.Add(Where(file, item), "an object has no 'name'");
            }
            else if (wanted.Contains(category))
            {
                var corners = item.Element("bndbox");
                if (
                    Number(corners, "xmin") is not { } left
                    || Number(corners, "ymin") is not { } top
                    || Number(corners, "xmax") is not { } right
                    || Number(corners, "ymax") is not { } bottom
                )
                {
                    faults.Add(Where(file, corners ?? item), "'bndbox' has no numbers xmin, ymin, xmax and ymax");
                    continue;
                }

                var box = new PersonBox(left - 1, top - 1, right - left + 1, bottom - top + 1);
                if (!clip && box.Fault((int)width, (int)height) is { } wrong)
                {
                    faults.Add(Where(file, corners!), wrong);
                }
                else if (box.Clip((int)width, (int)height) is { Area: > 0 } inside)
                {
                    boxes.Add(inside);
                    if (Text(item, "difficult") == "1")
                    {
                        difficult.Add(inside);
                    }
                }
            }
        }

        return new AnnotatedPicture
        {
            File = name,
            Path = path,
            Where = file,
            Width = (int)width,
            Height = (int)height,
            Persons = boxes.ToImmutable(),
            Split = splits.GetValueOrDefault(Path.GetFileNameWithoutExtension(name)),
            Attributes =
                difficult.Count == 0
                    ? ImmutableSortedDictionary<string, string>.Empty
                    : ImmutableSortedDictionary<string, string>.Empty.Add(CanonicalCsv.DifficultBoxes, string.Join(';', difficult)),
        };
    }

    /// <summary>VOC's own lists of names, ImageSets/Main/{train,val,test}.txt, beside the folder of annotations.</summary>
    private static Dictionary<string, string> Splits(string folder)
    {
        Dictionary<string, string> splits = new(StringComparer.Ordinal);
        var lists = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))!, "ImageSets", "Main");
        foreach (var split in new[] { "train", "val", "test" })
        {
            var list = Path.Combine(lists, split + ".txt");
            foreach (var name in File.Exists(list) ? File.ReadLines(list) : [])
            {
                splits.TryAdd(name.Trim(), split);
            }
        }

        return splits;
    }

    private static string? Text(XElement? parent, string name) => XmlFile.Text(parent, name);

    private static double? Number(XElement? parent, string name) => XmlFile.Number(Text(parent, name));

    private static string Where(string file, XElement element) => XmlFile.Where(file, element);
}
