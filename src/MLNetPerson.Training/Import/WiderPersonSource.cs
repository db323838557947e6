using System.Collections.Immutable;
using System.Globalization;

namespace MLNetPerson.Training.Import;

/// <summary>
/// WiderPerson's own text: <c>Images/a.jpg</c> with <c>Annotations/a.jpg.txt</c>, whose first line is a count and whose others are
/// "class x1 y1 x2 y2"; 1 pedestrian, 2 rider, 3 partially visible, 4 a region to ignore, 5 crowd.
/// </summary>
internal static class WiderPersonSource
{
    private const int IgnoredRegion = 4;
    private const int Classes = 5;

    public static List<AnnotatedPicture> Read(string folder, PictureRoot root, bool clip, CancellationToken cancellation)
    {
        var faults = new ImportFaults(folder);
        var splits = new[] { "train", "val", "test" }
            .Select(split => (Split: split, List: Path.Combine(folder, split + ".txt")))
            .Where(entry => File.Exists(entry.List))
            .SelectMany(entry => File.ReadLines(entry.List).Select(name => (Name: name.Trim(), entry.Split)))
            .DistinctBy(entry => entry.Name)
            .ToDictionary(entry => entry.Name, entry => entry.Split, StringComparer.Ordinal);
        List<AnnotatedPicture> pictures = [];
        foreach (var text in Directory.EnumerateFiles(Path.Combine(folder, "Annotations"), "*.txt").Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            var file = Path.GetFileNameWithoutExtension(text);
            if (root.Resolve(file, out var name, out var path) is { } fault)
            {
                faults.Add(Path.GetFileName(text), fault);
                continue;
            }

            var (width, height) = PictureSize.Read(path);
            pictures.Add(
                new AnnotatedPicture
                {
                    File = name,
                    Path = path,
                    Where = Path.GetFileName(text),
                    Width = width,
                    Height = height,
                    Persons = Boxes(text, width, height, clip, faults),
                    Split = splits.GetValueOrDefault(Path.GetFileNameWithoutExtension(name)),
                }
            );
        }

        faults.Throw();
        return pictures;
    }

    private static ImmutableArray<PersonBox> Boxes(string text, int width, int height, bool clip, ImportFaults faults)
    {
        var boxes = ImmutableArray.CreateBuilder<PersonBox>();
        var lines = File.ReadLines(text).Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        if (
            lines.Count == 0
            || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count != lines.Count - 1
        )
        {
            faults.Add(
                $"{Path.GetFileName(text)}, line 1",
                lines.Count == 0
                    ? "the count of boxes is missing"
                    : $"'{lines[0]}' is not the count of the {lines.Count - 1} boxes that follow"
            );
        }

        foreach (
            var (line, number) in File.ReadLines(text)
                .Select((line, index) => (line, index + 1))
                .Skip(1)
                .Where(pair => pair.line.Trim().Length > 0)
        )
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var values = new double[5];
            if (
                words.Length != 5
                || !words
                    .Select((word, i) => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]))
                    .All(read => read)
                || values[0] is not (>= 1 and <= Classes)
            )
            {
                faults.Add(
                    $"{Path.GetFileName(text)}, line {number}",
                    $"'{line.Trim()}' is not 'class x1 y1 x2 y2' with a class from 1 to {Classes}"
                );
                continue;
            }

            var box = new PersonBox(values[1], values[2], values[3] - values[1], values[4] - values[2]);
            if ((int)values[0] == IgnoredRegion || width == 0)
            {
                continue;
            }

            if (!clip && box.Fault(width, height) is { } fault)
            {
                faults.Add($"{Path.GetFileName(text)}, line {number}", fault);
            }
            else if (box.Clip(width, height) is { Area: > 0 } inside)
            {
                boxes.Add(inside);
            }
        }

        return boxes.ToImmutable();
    }
}
