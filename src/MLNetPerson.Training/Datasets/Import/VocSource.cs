using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace MLNetPerson.Training.Datasets.Import;

/// <summary>PASCAL VOC: one XML file per picture. Pixels are counted from 1 and the last one belongs to the box.</summary>
internal static class VocSource
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

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
            if (Parse(file, name, faults) is { } annotation)
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

    private static XElement? Parse(string file, string name, ImportFaults faults)
    {
        try
        {
            using var reader = XmlReader.Create(file, Settings);
            var annotation = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            if (annotation.Name == "annotation")
            {
                return annotation;
            }

            faults.Add(name, $"the outermost element is '{annotation.Name}', 'annotation' is expected");
        }
        catch (XmlException exception)
        {
            faults.Add($"{name}, line {exception.LineNumber}, column {exception.LinePosition}", $"not XML: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(name, exception.Message);
        }

        return null;
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
        if (root.Resolve(picture, out var name, out var path) is { } fault)
        {
            faults.Add(Where(file, annotation.Element("filename") ?? annotation), fault);
            return null;
        }

        var size = annotation.Element("size");
        if (Number(size, "width") is not { } width || Number(size, "height") is not { } height || width < 1 || height < 1)
        {
            faults.Add(Where(file, size ?? annotation), "'size' has no 'width' and 'height' above 0");
            return null;
        }

        var boxes = ImmutableArray.CreateBuilder<PersonBox>();
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

    private static string? Text(XElement? parent, string name) => parent?.Element(name)?.Value.Trim();

    private static double? Number(XElement? parent, string name) =>
        double.TryParse(Text(parent, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value)
        && Math.Abs(value) < int.MaxValue
            ? value
            : null;

    private static string Where(string file, XElement element) =>
        element is IXmlLineInfo info && info.HasLineInfo() ? $"{file}, line {info.LineNumber}" : file;
}
