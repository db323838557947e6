using System.Text.Json;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>A row of Hugging Face's tables of pictures: imagefolder's metadata and Parquet files have the same columns.</summary>
/// <param name="Where">For messages.</param>
/// <param name="File">Below the folder of pictures.</param>
/// <param name="Beside">The folder that <paramref name="File"/> starts from, below the folder of pictures.</param>
/// <param name="Label">The column label, as text; null where there is none.</param>
/// <param name="Objects">The column objects: {"bbox": [[x, y, w, h], …], "categories": […]} or [{"bbox": …, "category": …}, …].</param>
/// <param name="Split">Of the file that the row is in.</param>
internal sealed record DescribedRow(string Where, string File, string Beside, string? Label, JsonElement? Objects, string? Split)
{
    /// <summary>All rows as pictures. Boxes are in pixels and decide; the label where there are none.</summary>
    /// <remarks>https://huggingface.co/docs/datasets/image_dataset and /object_detection: boxes in COCO's form.</remarks>
    public static List<AnnotatedPicture> Pictures(
        string source,
        IReadOnlyList<DescribedRow> rows,
        PictureRoot root,
        IReadOnlyCollection<string> persons,
        bool clip,
        ImportFaults faults,
        CancellationToken cancellation
    )
    {
        var parsed = rows.Select(row => (Row: row, Objects: row.Objects is { } objects ? Parse(row, objects, faults) : null)).ToList();
        faults.Throw();
        if (rows.Count > 0 && rows.All(row => row.Label is null && row.Objects is null))
        {
            throw new DatasetException($"'{source}' has neither a column 'label' nor a column 'objects'.");
        }

        var categories = parsed
            .SelectMany(row => row.Objects is { } objects ? objects.Select(one => one.Category) : [row.Row.Label ?? ""])
            .Where(category => category.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var wanted =
            persons.Count == 0 && categories.Any(category => LabelWords.Parse(category) is true)
                ? categories
                    .Where(category => LabelWords.Parse(category) is true || PersonCategories.IsPerson(category))
                    .ToHashSet(StringComparer.Ordinal)
                : PersonCategories.ChooseLabels(source, categories, persons);
        List<AnnotatedPicture> pictures = [];
        foreach (var (row, objects) in parsed)
        {
            cancellation.ThrowIfCancellationRequested();
            if (
                root.Find(row.Beside.Length == 0 ? row.File : $"{row.Beside}/{row.File}", row.Beside, out var name, out var path) is
                { } fault
            )
            {
                faults.Add(row.Where, fault);
                continue;
            }

            var picture = new AnnotatedPicture
            {
                File = name,
                Path = path,
                Where = row.Where,
                Split = row.Split ?? name.Split('/')[..^1].FirstOrDefault(SplitWords.Is),
                Label = row.Label is { Length: > 0 } label ? wanted.Contains(label) : null,
            };
            pictures.Add(objects is null ? picture : WithBoxes(picture, objects, wanted, clip, faults));
        }

        faults.Throw();
        return pictures;
    }

    private static AnnotatedPicture WithBoxes(
        AnnotatedPicture picture,
        List<(PersonBox Box, string Category)> objects,
        HashSet<string> wanted,
        bool clip,
        ImportFaults faults
    )
    {
        var (width, height) = PictureSize.Read(picture.Path);
        var boxes = new SourceBoxes(width, height, clip, faults);
        foreach (var (box, _) in objects.Where(one => wanted.Contains(one.Category)))
        {
            boxes.Add(picture.Where, box);
        }

        return picture with
        {
            Width = width,
            Height = height,
            Persons = boxes.All,
            Label = null,
        };
    }

    private static List<(PersonBox Box, string Category)>? Parse(DescribedRow row, JsonElement objects, ImportFaults faults)
    {
        static JsonElement? Category(JsonElement one) =>
            one.Get("category") ?? one.Get("categories") ?? one.Get("label") ?? one.Get("labels") ?? one.Get("category_id");

        var pairs =
            objects.ValueKind == JsonValueKind.Array
                ? objects.EnumerateArray().Select(one => (Box: one.Get("bbox"), Category: Category(one).Text())).ToList()
                :
                [
                    .. objects
                        .Get("bbox")
                        .Items()
                        .Zip(Category(objects).Items(), (box, category) => ((JsonElement?)box, ((JsonElement?)category).Text())),
                ];
        if (objects.ValueKind == JsonValueKind.Object && objects.Get("bbox").Items().Count() != Category(objects).Items().Count())
        {
            faults.Add(
                row.Where,
                $"'objects' has {objects.Get("bbox").Items().Count()} boxes (bbox) and {Category(objects).Items().Count()} categories"
            );
            return null;
        }

        List<(PersonBox, string)> boxes = [];
        foreach (var (box, category) in pairs)
        {
            if (box.FourNumbers() is not [var left, var top, var width, var height] || category is null)
            {
                faults.Add(row.Where, "an object has no 'bbox' of 4 numbers or no category");
                return null;
            }

            boxes.Add((new PersonBox(left, top, width, height), category));
        }

        return boxes;
    }
}
