using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using MLNetPerson.Files;

namespace MLNetPerson.Training.Datasets;

/// <summary>
/// The one form in which curated datasets lie on disk:
/// <c>file,label,split,group,source,licence,width,height,person_boxes,max_person_area</c>
/// and whatever attributes there are behind.
/// </summary>
public static class CanonicalCsv
{
    /// <summary>The column of the source's name.</summary>
    public const string Source = "source";

    /// <summary>The column of the licence.</summary>
    public const string Licence = "licence";

    /// <summary>The column of the picture's width in pixels.</summary>
    public const string Width = "width";

    /// <summary>The column of the picture's height in pixels.</summary>
    public const string Height = "height";

    /// <summary>The column of person boxes: "x y w h;x y w h", pixels of the picture.</summary>
    public const string PersonBoxes = "person_boxes";

    /// <summary>A further column: boxes that hold groups or regions to ignore (COCO's <c>iscrowd</c>), some of <see cref="PersonBoxes"/> or
    /// others. A detector's evaluation does not count them.</summary>
    public const string CrowdBoxes = "crowd_boxes";

    /// <summary>A further column: boxes of persons that may be found or missed (VOC's <c>difficult</c>), some of <see cref="PersonBoxes"/>
    /// or
    /// others. A detector's evaluation does not count them.</summary>
    public const string DifficultBoxes = "difficult_boxes";

    /// <summary>The column of the largest person's share of what the model sees.</summary>
    public const string MaxPersonArea = "max_person_area";

    /// <summary>The columns that every canonical CSV has, in order.</summary>
    public static ImmutableArray<string> Columns { get; } =
    ["file", "label", "split", "group", Source, Licence, Width, Height, PersonBoxes, MaxPersonArea];

    /// <summary>Columns that the label was made from, or that say nothing about what is in the picture: no attribute to judge by.</summary>
    public static ImmutableArray<string> Technical { get; } =
    [Width, Height, PersonBoxes, CrowdBoxes, DifficultBoxes, MaxPersonArea, Licence, "max_person_area_fraction"];

    /// <summary>Writes samples, whole or not at all.</summary>
    /// <param name="path">The CSV; files of samples must lie below its folder.</param>
    /// <param name="samples">In the order of the lines.</param>
    /// <exception cref="DatasetException">A picture lies elsewhere.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Write(string path, IReadOnlyCollection<Sample> samples)
    {
        var root = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var attributes = samples
            .SelectMany(sample => sample.Attributes.Keys)
            .Distinct(StringComparer.Ordinal)
            .Except(Columns)
            .Order(StringComparer.Ordinal)
            .ToArray();
        var hashed = samples.Any(sample => sample.Sha256 is not null);
        if (
            samples.FirstOrDefault(sample => !sample.Path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)) is
            { } outside
        )
        {
            throw new DatasetException(
                $"'{path}' cannot list '{outside.File}', which does not lie below its folder. Write the CSV to '{CommonFolder(samples)}' "
                    + $"or above."
            );
        }

        AtomicFile.Write(
            path,
            stream =>
            {
                using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
                using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" });
                foreach (var column in Columns.Concat(attributes))
                {
                    csv.WriteField(column);
                }

                if (hashed)
                {
                    csv.WriteField(ListedRow.Sha256);
                }

                csv.NextRecord();
                foreach (var sample in samples)
                {
                    csv.WriteField(Path.GetRelativePath(root, sample.Path).Replace('\\', '/'));
                    csv.WriteField(sample.IsPerson ? "1" : "0");
                    csv.WriteField(sample.Split);
                    csv.WriteField(sample.Group);
                    foreach (var column in Columns.Skip(4).Concat(attributes))
                    {
                        csv.WriteField(sample.Attributes.GetValueOrDefault(column));
                    }

                    if (hashed)
                    {
                        csv.WriteField(sample.Sha256);
                    }

                    csv.NextRecord();
                }
            }
        );
    }

    private static string CommonFolder(IReadOnlyCollection<Sample> samples)
    {
        var common = Path.GetDirectoryName(samples.First().Path)!;
        while (
            samples.Any(sample => !sample.Path.StartsWith(common + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            && Path.GetDirectoryName(common) is { } above
        )
        {
            common = above;
        }

        return common;
    }
}
