using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// Supervisely's project: <c>meta.json</c> with the classes, and datasets with <c>img/a.jpg</c> and <c>ann/a.jpg.json</c>. Rectangles,
/// polygons, lines, points, bitmaps, and tags for the whole picture.
/// </summary>
/// <remarks>https://docs.supervisely.com/customization-and-integration/00_ann_format_navi: points are [x, y] in pixels; a bitmap is a PNG,
/// packed by zlib, in base64, with the place of its upper left corner.</remarks>
internal static class SuperviselySource
{
    private const string Annotations = "ann";
    private const string Pictures = "img";

    public static List<AnnotatedPicture> Read(
        string folder,
        PictureRoot root,
        IReadOnlyCollection<string> persons,
        bool clip,
        CancellationToken cancellation
    )
    {
        var meta = Path.Combine(folder, "meta.json");
        using var document = File.Exists(meta)
            ? JsonFile.Load(meta)
            : throw new DatasetException($"'{folder}' has no meta.json, so it is not a project of Supervisely.");
        var classes = document.RootElement.Get("classes").Items().Select(one => one.Get("title").Text());
        var tags = document.RootElement.Get("tags").Items().Select(one => one.Get("name").Text());
        var wanted = PersonCategories.Choose(meta, classes.Concat(tags).OfType<string>(), persons);
        var faults = new ImportFaults(folder);
        var annotations = new DirectoryInfo(folder)
            .EnumerateFiles("*.json", SearchOption.AllDirectories)
            .Where(file => file.Directory!.Name == Annotations && PictureFolder.Reason(file) is null)
            .OrderBy(file => file.FullName, StringComparer.Ordinal);
        var pictures = faults.Collect(
            annotations,
            file =>
            {
                using var annotation = JsonFile.Load(file.FullName);
                return Picture(annotation.RootElement, PictureFolder.Name(folder, file.FullName), root, wanted, clip, faults);
            },
            cancellation
        );
        return pictures.Count > 0
            ? pictures
            : throw new DatasetException($"'{folder}' has no dataset with {Annotations}/*.json and {Pictures}/ in it.");
    }

    private static AnnotatedPicture? Picture(
        JsonElement annotation,
        string where,
        PictureRoot root,
        HashSet<string> wanted,
        bool clip,
        ImportFaults faults
    )
    {
        var dataset = where[..(where.Length - Path.GetFileName(where).Length - Annotations.Length - 1)];
        if (
            root.Find(dataset + Pictures + "/" + Path.GetFileNameWithoutExtension(where), dataset + Pictures, out var name, out var path) is
            { } fault
        )
        {
            faults.Add(where, fault);
            return null;
        }

        var size = annotation.Get("size");
        var (width, height) = ((int)(size?.Get("width").Number() ?? 0), (int)(size?.Get("height").Number() ?? 0));
        if (width < 1 || height < 1)
        {
            faults.Add(where, "'size' has no 'width' and 'height' above 0");
            return null;
        }

        var boxes = new SourceBoxes(width, height, clip, faults);
        var objects = annotation.Get("objects").Items().ToList();
        foreach (var one in objects)
        {
            if (one.Get("classTitle").Text() is not { } title)
            {
                faults.Add(where, "an object has no 'classTitle'");
            }
            else if (wanted.Contains(title))
            {
                if (Box(one) is { } box)
                {
                    boxes.Add(where, box);
                }
                else
                {
                    faults.Add(where, $"an object of class '{title}' has no points or bitmap that are understood");
                }
            }
        }

        var tags = annotation.Get("tags").Items().Select(tag => tag.Get("name").Text()).OfType<string>().ToList();
        var tagged = tags.Any(wanted.Contains);
        var byTag = objects.Count == 0 && tags.Count > 0;
        return new AnnotatedPicture
        {
            File = name,
            Path = path,
            Where = where,
            Width = width,
            Height = height,
            Persons = byTag ? default : boxes.All,
            Label = byTag ? tagged : null,
            Split = dataset.Split('/').FirstOrDefault(SplitWords.Is),
        };
    }

    private static PersonBox? Box(JsonElement one)
    {
        if (one.Get("bitmap") is { } bitmap)
        {
            return
                bitmap.Get("data").Text() is { } data
                && bitmap.Get("origin").Items().Select(item => ((JsonElement?)item).Number()).ToList() is [{ } left, { } top]
                && PngSize(data) is var (width, height)
                ? new PersonBox(left, top, width, height)
                : null;
        }

        if (one.Get("points")?.Get("exterior").Points() is not { } points)
        {
            return null;
        }

        var box = Outline.Of(points);
        // Both corners of a rectangle belong to it, so that one of a single column is one pixel wide.
        return one.Get("geometryType").Text() == "rectangle" ? box with { Width = box.Width + 1, Height = box.Height + 1 } : box;
    }

    private static (int Width, int Height)? PngSize(string base64)
    {
        try
        {
            using var packed = new ZLibStream(new MemoryStream(Convert.FromBase64String(base64)), CompressionMode.Decompress);
            var head = new byte[24]; // the signature's 8 bytes, the length and name of IHDR, width, height
            packed.ReadExactly(head);
            var (width, height) = (
                BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(16)),
                BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(20))
            );
            return head.AsSpan(1, 3).SequenceEqual("PNG"u8) && width > 0 && height > 0 ? (width, height) : null;
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException or EndOfStreamException)
        {
            return null;
        }
    }
}
