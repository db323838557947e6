using System.Text.Json;
using System.Text.RegularExpressions;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// Label Studio's JSON (a list of tasks, each with annotations and results) and JSON-MIN (the results beside the data). Rectangles,
/// polygons and ellipses in per cent of the picture, and choices for the whole picture.
/// </summary>
/// <remarks>https://labelstud.io/guide/export and /guide/task_format; rectangles turn around their upper left corner.</remarks>
internal static partial class LabelStudioSource
{
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
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new DatasetException($"'{path}' is not Label Studio's JSON: its outermost value is not a list of tasks.");
        }

        var faults = new ImportFaults(path);
        var tasks = document
            .RootElement.EnumerateArray()
            .Select((task, index) => Task(task, index + 1, faults))
            .OfType<LabelledTask>()
            .ToList();
        faults.Throw();
        var labels = tasks.SelectMany(task => task.Results).SelectMany(result => result.Labels);
        var wanted = PersonCategories.ChooseLabels(path, labels, persons);
        var pictures = faults.Collect(tasks, task => Picture(task, root, wanted, clip, faults), cancellation);
        var several = tasks.Where(task => task.Annotations > 1).Select(task => task.Where).ToList();
        if (several.Count > 0)
        {
            notes.Add(
                $"{Names.Count(several.Count, "task has", "tasks have")} several annotations, of which the ground truth or else the last "
                    + $"counts: "
                    + Names.Some(several)
            );
        }

        return pictures;
    }

    private static LabelledTask? Task(JsonElement task, int number, ImportFaults faults)
    {
        var where = $"task {task.Get("id").Text() ?? $"number {number}"}";
        var data = task.Get("data") ?? task;
        var image =
            (data.Get("image") ?? data.Get("img") ?? data.Get("image_url") ?? data.Get("url")).Text()
            ?? (
                data.ValueKind == JsonValueKind.Object
                    ? data.EnumerateObject().Select(entry => ((JsonElement?)entry.Value).Text()).FirstOrDefault(IsPicture)
                    : null
            );
        if (image is null)
        {
            faults.Add(where, "no value of 'data' is the name of a picture");
            return null;
        }

        if (task.Get("data") is null)
        {
            var results =
                task.ValueKind != JsonValueKind.Object
                    ? []
                    : task.EnumerateObject().Where(entry => entry.Name != "image").SelectMany(entry => MinResults(entry.Value)).ToList();
            return new LabelledTask(where, image, null, results, results.Count > 0 || task.Get("annotation_id") is not null, 1);
        }

        var annotations = (task.Get("annotations") ?? task.Get("completions"))
            .Items()
            .Where(annotation => annotation.Get("was_cancelled") is not { ValueKind: JsonValueKind.True })
            .ToList();
        JsonElement? chosen =
            annotations.Count == 0
                ? null
                : annotations
                    .Where(annotation => annotation.Get("ground_truth") is { ValueKind: JsonValueKind.True })
                    .Append(annotations[^1])
                    .First();
        return new LabelledTask(
            where,
            image,
            task.Get("file_upload").Text(),
            [.. (chosen?.Get("result")).Items().Select(Full)],
            chosen is not null,
            annotations.Count
        );
    }

    private static Result Full(JsonElement result)
    {
        var value = result.Get("value") ?? default;
        return new Result(value, Labels(value), result.Get("original_width").Number(), result.Get("original_height").Number());
    }

    private static IEnumerable<Result> MinResults(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => value
                .EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.Object)
                .Select(item => new Result(item, Labels(item), item.Get("original_width").Number(), item.Get("original_height").Number())),
            JsonValueKind.Object when Labels(value).Count > 0 => [new Result(value, Labels(value), null, null)],
            // JSON-MIN writes a single choice as a plain string, beside other strings such as times.
            JsonValueKind.String
                when value.GetString() is { } word && (LabelWords.Parse(word) is not null || PersonCategories.IsPerson(word)) =>
            [
                new Result(default, [word], null, null),
            ],
            _ => [],
        };

    /// <summary>The values of rectanglelabels, polygonlabels, ellipselabels, brushlabels, keypointlabels, labels or choices.</summary>
    private static List<string> Labels(JsonElement value) =>
        value.ValueKind != JsonValueKind.Object
            ? []
            :
            [
                .. value
                    .EnumerateObject()
                    .Where(entry => entry.Name.EndsWith("labels", StringComparison.Ordinal) || entry.Name == "choices")
                    .SelectMany(entry => ((JsonElement?)entry.Value).Items().Select(item => ((JsonElement?)item).Text()).OfType<string>()),
            ];

    private static AnnotatedPicture? Picture(LabelledTask task, PictureRoot root, HashSet<string> wanted, bool clip, ImportFaults faults)
    {
        if (Find(task, root, out var name, out var path) is { } fault)
        {
            faults.Add(task.Where, fault);
            return null;
        }

        var picture = new AnnotatedPicture
        {
            File = name,
            Path = path,
            Where = task.Where,
        };
        if (!task.IsAnnotated)
        {
            return picture with { LeftOut = "not annotated" };
        }

        var shapes = task.Results.Where(result => IsShape(result.Value)).ToList();
        var (width, height) = (
            (int)(shapes.Select(shape => shape.Width).FirstOrDefault(size => size > 0) ?? 0),
            (int)(shapes.Select(shape => shape.Height).FirstOrDefault(size => size > 0) ?? 0)
        );
        if (width < 1 || height < 1)
        {
            (width, height) = PictureSize.Read(path);
        }

        var boxes = new SourceBoxes(width, height, clip, faults);
        foreach (var shape in shapes.Where(shape => shape.Labels.Any(wanted.Contains)))
        {
            if (Box(shape.Value, width, height) is { } box)
            {
                boxes.Add(task.Where, box);
            }
            else
            {
                faults.Add(
                    task.Where,
                    $"the shape of '{string.Join(", ", shape.Labels)}' is neither a rectangle, a polygon nor an ellipse; convert it"
                );
            }
        }

        var choices = task.Results.Where(result => !IsShape(result.Value)).SelectMany(result => result.Labels).ToList();
        return choices.Count > 0 && shapes.Count == 0
            ? picture with
            {
                Label = choices.Any(wanted.Contains),
            }
            : picture with
            {
                Width = width,
                Height = height,
                Persons = boxes.All,
            };
    }

    /// <summary>A shape has coordinates or a mask; a choice has neither.</summary>
    private static bool IsShape(JsonElement value) =>
        value.Get("x") is not null || value.Get("points") is not null || value.Get("rle") is not null || value.Get("vertices") is not null;

    private static PersonBox? Box(JsonElement value, int width, int height)
    {
        var turn = value.Get("rotation").Number() ?? 0;
        if (value.Get("x").Number() is { } x && value.Get("y").Number() is { } y)
        {
            (x, y) = (x * width / 100, y * height / 100);
            if (value.Get("width").Number() is { } across && value.Get("height").Number() is { } down && value.Get("rle") is null)
            {
                return Outline.Turned(new PersonBox(x, y, across * width / 100, down * height / 100), turn, (x, y));
            }

            if (value.Get("radiusX").Number() is { } radiusX && value.Get("radiusY").Number() is { } radiusY)
            {
                return Outline.Ellipse(x, y, radiusX * width / 100, radiusY * height / 100, turn);
            }

            return null;
        }

        return value.Get("points").Points() is { } points
            ? Outline.Of([.. points.Select(point => (point.X * width / 100, point.Y * height / 100))])
            : null;
    }

    /// <summary>By the address's path, by the file's own name, and by that name without the eight digits that an upload puts before
    /// it.</summary>
    private static string? Find(LabelledTask task, PictureRoot root, out string name, out string path)
    {
        var address = task.Image;
        if (Local().Match(address) is { Success: true } local)
        {
            address = local.Groups["path"].Value;
        }
        else if (address.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
        {
            address = address[(scheme + 3)..].Split('?', '#')[0];
            address = address.Contains('/', StringComparison.Ordinal)
                ? address[(address.IndexOf('/', StringComparison.Ordinal) + 1)..]
                : address;
        }

        address = Uri.UnescapeDataString(address).Replace('\\', '/').TrimStart('/');
        var own = Path.GetFileName(address);
        foreach (var candidate in new[] { address, own, task.Upload, Upload().Replace(own, "") })
        {
            if (candidate is { Length: > 0 } && root.Find(candidate, "", out name, out path) is null && File.Exists(path))
            {
                return null;
            }
        }

        return root.Find(PictureRoot.NameFault(address) is null ? own : address, "", out name, out path);
    }

    private static bool IsPicture(string? text) => text is not null && PictureEndings.Is(text.Split('?')[0]);

    [GeneratedRegex(@"^/?data/local-files/\?d=(?<path>.*)$")]
    private static partial Regex Local();

    [GeneratedRegex("^[0-9a-f]{8}-")]
    private static partial Regex Upload();

    private readonly record struct Result(JsonElement Value, List<string> Labels, double? Width, double? Height);

    private sealed record LabelledTask(string Where, string Image, string? Upload, List<Result> Results, bool IsAnnotated, int Annotations);
}
