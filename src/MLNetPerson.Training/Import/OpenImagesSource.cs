using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>
/// Open Images' box CSV, one line per box: <c>ImageID,LabelName,XMin,XMax,YMin,YMax</c> in fractions, flags, and attributes such as MIAP's
/// <c>GenderPresentation</c>. A picture's attributes are those of its largest person.
/// </summary>
internal static class OpenImagesSource
{
    private static readonly string[] Required = ["imageid", "labelname", "xmin", "xmax", "ymin", "ymax"];

    /// <summary>Columns that say how the box was made, not what is in it.</summary>
    private static readonly string[] Technical =
    [
        .. Required,
        "source",
        "confidence",
        "id",
        "clicks",
        "xclick1x",
        "xclick2x",
        "xclick3x",
        "xclick4x",
        "xclick1y",
        "xclick2y",
        "xclick3y",
        "xclick4y",
    ];

    private static readonly string[] Corners = ["xmin", "ymin", "xmax", "ymax"];

    public static List<AnnotatedPicture> Read(
        string path,
        PictureRoot root,
        IReadOnlyCollection<string> persons,
        bool clip,
        CancellationToken cancellation
    )
    {
        var faults = new ImportFaults(path);
        List<Row> rows = [];
        string[] extra = [];
        CsvRows.Read(
            path,
            Required,
            columns =>
            {
                extra = [.. columns.Where(column => column.Length > 0 && !Technical.Contains(column)).Distinct()];
                return (csv, line) =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (ReadRow(csv, line, extra, faults) is { } row)
                    {
                        rows.Add(row);
                    }
                };
            }
        );
        var wanted = PersonCategories.Choose(path, rows.Select(row => row.Label), persons);
        var pictures = rows.GroupBy(row => row.Image, StringComparer.Ordinal)
            .Select(image => Picture(image.Key, [.. image], root, wanted, extra, clip, faults))
            .OfType<AnnotatedPicture>()
            .ToList();
        faults.Throw();
        return pictures;
    }

    private static Row? ReadRow(CsvReader csv, int line, string[] extra, ImportFaults faults)
    {
        var corners = new double[4];
        for (var i = 0; i < 4; i++)
        {
            if (
                !double.TryParse(csv.GetField(Corners[i]), NumberStyles.Float, CultureInfo.InvariantCulture, out corners[i])
                || !double.IsFinite(corners[i])
            )
            {
                faults.Add($"line {line}", $"{Corners[i]} '{csv.GetField(Corners[i])}' is not a number");
                return null;
            }
        }

        if (csv.GetField("labelname") is not { Length: > 0 } label)
        {
            faults.Add($"line {line}", "'LabelName' is empty");
            return null;
        }

        return new Row(
            csv.GetField("imageid") ?? "",
            label,
            new PersonBox(corners[0], corners[1], corners[2] - corners[0], corners[3] - corners[1]),
            line,
            [.. extra.Select(column => csv.GetField(column) ?? "")]
        );
    }

    private static AnnotatedPicture? Picture(
        string image,
        List<Row> rows,
        PictureRoot root,
        HashSet<string> wanted,
        string[] extra,
        bool clip,
        ImportFaults faults
    )
    {
        var line = $"line {rows[0].Line}";
        if (image.Length == 0)
        {
            faults.Add(line, "'ImageID' is empty");
            return null;
        }

        if (root.Find(Path.HasExtension(image) ? image : image + ".jpg", "", out var name, out var path) is { } fault)
        {
            faults.Add(line, fault);
            return null;
        }

        var (width, height) = PictureSize.Read(path);
        List<(PersonBox Box, Row Row)> persons = [];
        var (depicted, depiction) = (0, Array.IndexOf(extra, "isdepiction"));
        foreach (var row in rows.Where(row => wanted.Contains(row.Label)))
        {
            if (!clip && row.Box.FractionFault() is { } outside)
            {
                faults.Add($"line {row.Line}", outside);
            }
            else if (depiction >= 0 && row.Extra[depiction] == "1")
            {
                depicted++;
            }
            else if (row.Box.OfPicture(width, height) is { Area: > 0 } inside)
            {
                persons.Add((inside, row));
            }
        }

        var largest = persons.Count == 0 ? [] : persons.MaxBy(person => person.Box.Area).Row.Extra;
        return new AnnotatedPicture
        {
            File = name,
            Path = path,
            Where = line,
            Width = width,
            Height = height,
            Persons = [.. persons.Select(person => person.Box)],
            OnlyDepicted = depicted > 0 && persons.Count == 0,
            Attributes = Enumerable
                .Range(0, extra.Length)
                .ToImmutableSortedDictionary(i => extra[i], i => i < largest.Length ? largest[i] : "", StringComparer.Ordinal),
        };
    }

    private readonly record struct Row(string Image, string Label, PersonBox Box, int Line, string[] Extra);
}
