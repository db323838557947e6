using System.Globalization;
using System.Xml.Linq;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// "CVAT for images 1.1": <c>annotations.xml</c> with an element <c>image</c> per picture and in it shapes (box, polygon, polyline, points,
/// ellipse, mask, skeleton) and tags.
/// </summary>
/// <remarks>https://docs.cvat.ai/docs/manual/advanced/xml_format/; boxes turn around their centre.</remarks>
internal static class CvatSource
{
    private static readonly string[] Shapes = ["box", "polygon", "polyline", "points", "ellipse", "mask", "skeleton", "cuboid"];

    public static List<AnnotatedPicture> Read(
        string path,
        PictureRoot root,
        IReadOnlyCollection<string> persons,
        bool clip,
        List<string> notes,
        CancellationToken cancellation
    )
    {
        var faults = new ImportFaults(path);
        var file = Path.GetFileName(path);
        var document = XmlFile.Load(path, file, "annotations", faults);
        faults.Throw();
        if (document!.Elements("track").Any())
        {
            throw new DatasetException($"'{path}' is 'CVAT for video', which names no pictures. Export the task as 'CVAT for images 1.1'.");
        }

        var images = document.Elements("image").ToList();
        if (images.Count == 0)
        {
            throw new DatasetException($"'{path}' has no element 'image', so it is not 'CVAT for images 1.1'.");
        }

        var labels = document
            .Descendants("label")
            .Where(label => label.Parent?.Name == "labels")
            .Select(label => XmlFile.Text(label, "name"));
        var used = images.Elements().Select(shape => (string?)shape.Attribute("label"));
        var wanted = PersonCategories.Choose(path, labels.Concat(used).OfType<string>().Where(label => label.Length > 0), persons);
        List<string> bare = [];
        var pictures = faults.Collect(images, image => Picture(image, file, root, wanted, clip, bare, faults), cancellation);
        if (bare.Count > 0)
        {
            notes.Add(
                $"{Names.Count(bare.Count, "picture has", "pictures have")} neither a shape nor a tag and so no objects: {Names.Some(bare)}"
            );
        }

        return pictures;
    }

    private static AnnotatedPicture? Picture(
        XElement image,
        string file,
        PictureRoot root,
        HashSet<string> wanted,
        bool clip,
        List<string> bare,
        ImportFaults faults
    )
    {
        var where = XmlFile.Where(file, image);
        var subset = (string?)image.Attribute("subset");
        if (root.Find((string?)image.Attribute("name") ?? "", subset ?? "", out var name, out var path) is { } fault)
        {
            faults.Add(where, fault);
            return null;
        }

        var (width, height) = ((int)(Number(image, "width") ?? 0), (int)(Number(image, "height") ?? 0));
        if (width < 1 || height < 1)
        {
            faults.Add(where, "'image' has no 'width' and 'height' above 0");
            return null;
        }

        var boxes = new SourceBoxes(width, height, clip, faults);
        var shapes = image.Elements().Where(element => Shapes.Contains(element.Name.LocalName)).ToList();
        var tags = image.Elements("tag").ToList();
        foreach (var shape in shapes.Where(shape => wanted.Contains((string?)shape.Attribute("label") ?? "")))
        {
            var place = XmlFile.Where(file, shape);
            if (Box(shape) is { } box)
            {
                boxes.Add(place, box);
            }
            else
            {
                faults.Add(place, $"'{shape.Name}' has no numbers for a box: {Short(shape)}");
            }
        }

        if (shapes.Count == 0 && tags.Count == 0)
        {
            bare.Add(name);
        }

        var tagged = tags.Any(tag => wanted.Contains((string?)tag.Attribute("label") ?? ""));
        var byTag = boxes.All.IsEmpty && tagged || (shapes.Count == 0 && tags.Count > 0);
        return new AnnotatedPicture
        {
            File = name,
            Path = path,
            Where = where,
            Width = width,
            Height = height,
            Persons = byTag ? default : boxes.All,
            Label = byTag ? tagged : null,
            Split = subset is { Length: > 0 } && subset != "default" ? subset : null,
        };
    }

    private static PersonBox? Box(XElement shape)
    {
        var turn = Number(shape, "rotation") ?? 0;
        switch (shape.Name.LocalName)
        {
            case "box"
                when Number(shape, "xtl") is { } left
                    && Number(shape, "ytl") is { } top
                    && Number(shape, "xbr") is { } right
                    && Number(shape, "ybr") is { } bottom:
                return Outline.Turned(new PersonBox(left, top, right - left, bottom - top), turn, ((left + right) / 2, (top + bottom) / 2));
            case "ellipse"
                when Number(shape, "cx") is { } x
                    && Number(shape, "cy") is { } y
                    && Number(shape, "rx") is { } radiusX
                    && Number(shape, "ry") is { } radiusY:
                return Outline.Ellipse(x, y, radiusX, radiusY, turn);
            case "mask"
                when Number(shape, "left") is { } left
                    && Number(shape, "top") is { } top
                    && Number(shape, "width") is { } width
                    && Number(shape, "height") is { } height:
                return new PersonBox(left, top, width, height);
            case "skeleton":
                var joints = shape.Elements("points").SelectMany(joint => Points(joint) ?? []).ToList();
                return joints.Count > 0 ? Outline.Of(joints) : null;
            case "cuboid":
                var corners = shape
                    .Attributes()
                    .Where(attribute => attribute.Name.LocalName is [('x' or 'y'), ('t' or 'b'), ('l' or 'r'), ('1' or '2')])
                    .Select(attribute => (Axis: attribute.Name.LocalName[0], Value: XmlFile.Number(attribute.Value)))
                    .ToList();
                var (xs, ys) = (
                    corners.Where(corner => corner.Axis == 'x').Select(corner => corner.Value).OfType<double>().ToList(),
                    corners.Where(corner => corner.Axis == 'y').Select(corner => corner.Value).OfType<double>().ToList()
                );
                return xs.Count > 0 && xs.Count == ys.Count ? Outline.Of([.. xs.Zip(ys)]) : null;
            case "polygon" or "polyline" or "points":
                return Points(shape) is { Count: > 0 } points ? Outline.Of(points) : null;
            default:
                return null;
        }
    }

    private static List<(double X, double Y)>? Points(XElement shape)
    {
        List<(double, double)> points = [];
        foreach (var pair in ((string?)shape.Attribute("points") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var numbers = pair.Split(',').Select(XmlFile.Number).ToList();
            if (numbers is not [{ } x, { } y])
            {
                return null;
            }

            points.Add((x, y));
        }

        return points;
    }

    private static double? Number(XElement element, string name) => XmlFile.Number((string?)element.Attribute(name));

    private static string Short(XElement shape) =>
        string.Join(
            ' ',
            shape.Attributes().Select(attribute => string.Create(CultureInfo.InvariantCulture, $"{attribute.Name}={attribute.Value}"))
        )
            is { Length: > 80 } text
            ? text[..80] + "…"
            : string.Join(' ', shape.Attributes().Select(attribute => $"{attribute.Name}={attribute.Value}"));
}
