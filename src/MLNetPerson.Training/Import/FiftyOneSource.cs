using System.Text.Json;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// FiftyOne's exports: FiftyOneDataset (<c>samples.json</c>, with the labels of several fields), FiftyOneImageDetectionDataset and
/// FiftyOneImageClassificationDataset (<c>labels.json</c>), each with pictures in <c>data/</c>. Boxes are fractions of the picture.
/// </summary>
/// <remarks>https://docs.voxel51.com/user_guide/export_datasets.html</remarks>
internal static class FiftyOneSource
{
    private const string GroundTruth = "ground_truth";

    public static List<AnnotatedPicture> Read(
        string path,
        PictureRoot root,
        IReadOnlyCollection<string> persons,
        bool clip,
        List<string> notes,
        CancellationToken cancellation
    )
    {
        using var document = JsonFile.Load(path);
        var faults = new ImportFaults(path);
        var samples =
            document.RootElement.Get("samples") is { ValueKind: JsonValueKind.Array } list ? Samples(path, list, notes)
            : document.RootElement.Get("labels") is { ValueKind: JsonValueKind.Object } labels
                ? Labels(labels, [.. document.RootElement.Get("classes").Items().Select(one => ((JsonElement?)one).Text() ?? "")])
            : throw new DatasetException($"'{path}' is not FiftyOne's: it has neither a list 'samples' nor an object 'labels'.");
        var known = samples.SelectMany(sample => sample.Objects).Select(one => one.Label).OfType<string>();
        var wanted = PersonCategories.ChooseLabels(path, known, persons);
        return faults.Collect(samples, sample => Picture(sample, root, wanted, clip, faults), cancellation);
    }

    private static List<Described> Samples(string path, JsonElement list, List<string> notes)
    {
        var field = Field(path, list, notes);
        return
        [
            .. list.EnumerateArray()
                .Select(
                    (sample, index) =>
                    {
                        var label = sample.Get(field);
                        return new Described(
                            $"sample {index + 1}",
                            sample.Get("filepath").Text() ?? "",
                            (int)(sample.Get("metadata")?.Get("width").Number() ?? 0),
                            (int)(sample.Get("metadata")?.Get("height").Number() ?? 0),
                            sample
                                .Get("tags")
                                .Items()
                                .Select(tag => ((JsonElement?)tag).Text())
                                .OfType<string>()
                                .FirstOrDefault(SplitWords.Is),
                            label is not null,
                            [.. Objects(label, [])]
                        );
                    }
                ),
        ];
    }

    /// <summary>The field with the labels. Fields whose objects have a confidence are predictions.</summary>
    private static string Field(string path, JsonElement list, List<string> notes)
    {
        Dictionary<string, bool> fields = new(StringComparer.Ordinal);
        foreach (
            var entry in list.EnumerateArray()
                .Where(sample => sample.ValueKind == JsonValueKind.Object)
                .SelectMany(sample => sample.EnumerateObject())
        )
        {
            if (entry.Value.Get("_cls").Text() is "Detections" or "Detection" or "Polylines" or "Classification" or "Classifications")
            {
                var predicted = Entries(entry.Value).Any(one => one.Get("confidence") is not null);
                fields[entry.Name] = fields.GetValueOrDefault(entry.Name) || predicted;
            }
        }

        var truths = fields.Where(field => !field.Value).Select(field => field.Key).Order(StringComparer.Ordinal).ToList();
        var field = truths.Contains(GroundTruth) || truths.Count == 1 ? (truths.Count == 1 ? truths[0] : GroundTruth) : null;
        if (field is null)
        {
            throw new DatasetException(
                fields.Count == 0 ? $"'{path}' has no field of detections, polylines or classifications."
                : truths.Count == 0
                    ? $"'{path}' has predictions only ({string.Join(", ", fields.Keys)}: its objects have a confidence). Export the field "
                        + $"of your labels."
                : $"'{path}' has several fields of labels: {string.Join(", ", truths)}. Export one: label_field=\"…\", or call it "
                    + $"{GroundTruth}."
            );
        }

        if (fields.Count > 1)
        {
            notes.Add($"labels are of the field '{field}'; not used: {string.Join(", ", fields.Keys.Where(name => name != field))}");
        }

        return field;
    }

    private static List<Described> Labels(JsonElement labels, List<string> classes) =>
        [
            .. labels
                .EnumerateObject()
                .Select(entry => new Described(
                    $"'{entry.Name}'",
                    $"data/{entry.Name}",
                    0,
                    0,
                    null,
                    entry.Value.ValueKind != JsonValueKind.Null,
                    [.. Objects(entry.Value.ValueKind == JsonValueKind.Null ? null : entry.Value, classes)]
                )),
        ];

    private static IEnumerable<JsonElement> Entries(JsonElement label) =>
        (label.Get("detections") ?? label.Get("polylines") ?? label.Get("classifications")) is { } several ? ((JsonElement?)several).Items()
        : label.ValueKind == JsonValueKind.Array ? label.EnumerateArray()
        : [label];

    private static IEnumerable<Object> Objects(JsonElement? label, List<string> classes)
    {
        foreach (var one in label is { } value ? Entries(value) : [])
        {
            var text = (one.ValueKind == JsonValueKind.Object ? one.Get("label") : one).Text();
            var name = int.TryParse(text, out var index) && index >= 0 && index < classes.Count ? classes[index] : text;
            var box = one.Get("bounding_box");
            var points = one.Get("points").Items().SelectMany(part => ((JsonElement?)part).Points() ?? []).ToList();
            yield return new Object(
                name,
                box is not null || one.Get("points") is not null,
                box.FourNumbers() is [var left, var top, var width, var height] ? new PersonBox(left, top, width, height)
                    : points.Count > 0 ? Outline.Of(points)
                    : null
            );
        }
    }

    private static AnnotatedPicture? Picture(Described sample, PictureRoot root, HashSet<string> wanted, bool clip, ImportFaults faults)
    {
        // filepath is absolute where the pictures were not exported.
        var file = sample.File.Replace('\\', '/');
        var relative =
            PictureRoot.NameFault(file) is not null
            && Path.GetFileName(file) is { Length: > 0 } own
            && !file.Contains("..", StringComparison.Ordinal)
                ? own
                : file;
        if (root.Find(relative, "data", out var name, out var path) is { } fault)
        {
            faults.Add(sample.Where, fault);
            return null;
        }

        var picture = new AnnotatedPicture
        {
            File = name,
            Path = path,
            Where = sample.Where,
            Split = sample.Split,
        };
        if (!sample.IsLabelled)
        {
            return picture with { LeftOut = "not annotated" };
        }

        if (sample.Objects.Count > 0 && sample.Objects.All(one => !one.IsShape))
        {
            return picture with { Label = sample.Objects.Any(one => one.Label is { } label && wanted.Contains(label)) };
        }

        var (width, height) = sample.Width > 0 && sample.Height > 0 ? (sample.Width, sample.Height) : PictureSize.Read(path);
        var boxes = new SourceBoxes(width, height, clip, faults);
        foreach (var one in sample.Objects.Where(one => one.Label is { } label && wanted.Contains(label)))
        {
            if (one.Box is { } box)
            {
                boxes.Add(sample.Where, new PersonBox(box.Left * width, box.Top * height, box.Width * width, box.Height * height));
            }
            else
            {
                faults.Add(sample.Where, $"an object '{one.Label}' has no 'bounding_box' of 4 numbers");
            }
        }

        return picture with
        {
            Width = width,
            Height = height,
            Persons = boxes.All,
        };
    }

    private readonly record struct Object(string? Label, bool IsShape, PersonBox? Box);

    private sealed record Described(string Where, string File, int Width, int Height, string? Split, bool IsLabelled, List<Object> Objects);
}
