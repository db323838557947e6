using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// A CSV with <c>file</c> and either <c>label</c> or <c>person_boxes</c> ("x y w h;…" with <c>width</c> and <c>height</c>); the canonical
/// CSV itself is one. Where there are boxes they decide, not the label.
/// </summary>
internal static class CsvSource
{
    private static readonly string[] Own =
    [
        "file",
        "label",
        "split",
        "group",
        "source",
        "licence",
        "width",
        "height",
        "person_boxes",
        "max_person_area",
        "",
    ];

    public static List<AnnotatedPicture> Read(string path, PictureRoot root, bool clip, CancellationToken cancellation)
    {
        var faults = new ImportFaults(path);
        List<AnnotatedPicture> pictures = [];
        CsvRows.Read(
            path,
            ["file"],
            columns =>
            {
                if (!columns.Contains("label") && !columns.Contains("person_boxes"))
                {
                    throw new DatasetException(
                        $"'{path}' has neither a column label nor a column person_boxes. Its columns: {string.Join(", ", columns)}."
                    );
                }

                var boxed = columns.Contains("person_boxes") && columns.Contains("width") && columns.Contains("height");
                var attributes = columns.Except(Own).ToArray();
                return (csv, line) =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (Picture(csv, line, columns, attributes, boxed, root, clip, faults) is { } picture)
                    {
                        pictures.Add(picture);
                    }
                };
            }
        );
        faults.Throw();
        return pictures;
    }

    private static AnnotatedPicture? Picture(
        CsvReader csv,
        int line,
        string[] columns,
        string[] attributes,
        bool boxed,
        PictureRoot root,
        bool clip,
        ImportFaults faults
    )
    {
        var where = $"line {line}";
        string Cell(string column) => columns.Contains(column) ? csv.GetField(column) ?? "" : "";
        if (root.Resolve(Cell("file"), out var name, out var path) is { } fault)
        {
            faults.Add(where, fault);
            return null;
        }

        var label = LabelWords.Parse(Cell("label"));
        if (label is null && (!boxed || Cell("label").Length > 0))
        {
            faults.Add(where, $"label '{Cell("label")}' is unknown; use {LabelWords.Expected}");
            return null;
        }

        var picture = new AnnotatedPicture
        {
            File = name,
            Path = path,
            Where = where,
            Label = label,
            Split = Filled(Cell("split")),
            Group = Filled(Cell("group")),
            Licence = Filled(Cell("licence")),
            Source = Filled(Cell("source")),
            Attributes = attributes.ToImmutableSortedDictionary(column => column, Cell, StringComparer.Ordinal),
        };
        // A person without a box: the label is all that is known.
        return boxed && !(label == true && Cell("person_boxes").Length == 0)
            ? WithBoxes(picture, Cell("width"), Cell("height"), Cell("person_boxes"), clip, faults)
            : picture;
    }

    private static AnnotatedPicture? WithBoxes(
        AnnotatedPicture picture,
        string width,
        string height,
        string cell,
        bool clip,
        ImportFaults faults
    )
    {
        if (
            !int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
            || !int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            || columns < 1
            || rows < 1
        )
        {
            faults.Add(picture.Where, $"width '{width}' and height '{height}' are not a picture's size");
            return null;
        }

        try
        {
            var boxes = PersonBox.ParseMany(cell);
            if (!clip && boxes.Select(box => box.Fault(columns, rows)).OfType<string>().FirstOrDefault() is { } fault)
            {
                faults.Add(picture.Where, fault);
                return null;
            }

            return picture with
            {
                Width = columns,
                Height = rows,
                Persons = [.. boxes.Select(box => box.Clip(columns, rows)).Where(box => box.Area > 0)],
            };
        }
        catch (FormatException exception)
        {
            faults.Add(picture.Where, exception.Message);
            return null;
        }
    }

    private static string? Filled(string cell) => cell.Length > 0 ? cell : null;
}
