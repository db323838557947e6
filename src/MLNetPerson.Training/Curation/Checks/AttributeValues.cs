using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Curation.Checks;

/// <summary>The attributes of a dataset as the checks look at them: words as they are, numbers in tenths.</summary>
internal static class AttributeValues
{
    private const int Bins = 10;

    /// <summary>More values than this share of the pictures, and an attribute is a name, not a property.</summary>
    private const double MostValues = 0.2;

    /// <summary>Several values in one cell: "dog|sofa".</summary>
    private const char Separator = '|';

    /// <summary>For each attribute the values of each picture; one with several values in a cell becomes one attribute per value.</summary>
    public static IEnumerable<(string Name, string[] Values)> Of(IReadOnlyList<CuratedPicture> pictures)
    {
        foreach (
            var name in pictures
                .SelectMany(picture => picture.Sample.Attributes.Keys)
                .Distinct(StringComparer.Ordinal)
                .Except(CanonicalCsv.Technical)
                .Order(StringComparer.Ordinal)
        )
        {
            string[] cells = [.. pictures.Select(picture => picture.Sample.Attributes.GetValueOrDefault(name) ?? "")];
            if (cells.Any(cell => cell.Contains(Separator)))
            {
                var sets = cells
                    .Select(cell => cell.Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    .ToArray();
                foreach (var value in sets.SelectMany(set => set).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                {
                    yield return ($"{name}={value}", [.. sets.Select(set => set.Contains(value, StringComparer.Ordinal) ? value : "")]);
                }

                cells = [.. sets.Select(set => set.Length == 0 ? "" : "some")];
                yield return ($"{name}=(any)", cells);
                continue;
            }

            var distinct = cells.Distinct(StringComparer.Ordinal).Count();
            if (distinct > Bins && Binned(cells) is { } bins)
            {
                yield return (name, bins);
            }
            else if (distinct > 1 && distinct <= Math.Max(Bins, MostValues * cells.Length))
            {
                yield return (name, cells);
            }
        }

        yield return ("(brightness)", Bin([.. pictures.Select(picture => picture.Measures.MeanGrey)]));
        yield return ("(blur)", Bin([.. pictures.Select(picture => picture.Measures.Blur)]));
        yield return ("(size in pixels)", Bin([.. pictures.Select(picture => (double)picture.Measures.Width * picture.Measures.Height)]));
        yield return ("(width ÷ height)", Bin([.. pictures.Select(picture => (double)picture.Measures.Width / picture.Measures.Height)]));
        yield return ("(file ending)", [.. pictures.Select(picture => Path.GetExtension(picture.Sample.File).ToLowerInvariant())]);
    }

    private static string[]? Binned(string[] cells)
    {
        var numbers = new double[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            if (!double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return Bin(numbers);
    }

    private static string[] Bin(double[] values)
    {
        var sorted = values.Order().ToArray();
        double[] edges = [.. Enumerable.Range(1, Bins - 1).Select(bin => sorted[bin * sorted.Length / Bins]).Distinct()];
        return
        [
            .. values.Select(value =>
            {
                var bin = edges.Count(edge => value >= edge);
                return edges.Length == 0 ? ""
                    : bin == 0 ? string.Create(CultureInfo.InvariantCulture, $"below {edges[0]:0.##}")
                    : string.Create(CultureInfo.InvariantCulture, $"from {edges[bin - 1]:0.##}");
            }),
        ];
    }
}
