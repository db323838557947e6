using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Datasets.Import;

namespace MLNetPerson.Training.Curation.Cards;

/// <summary>Counts a dataset for its card.</summary>
public static class CardBuilder
{
    private const int ValuesListed = 24;

    /// <summary>Fewer pictures of a kind than this, and nothing about them can be measured: an interval on recall is wider than
    /// ±0.18.</summary>
    private const int Few = 30;

    private static readonly string[] FairnessWords = ["age", "gender", "sex", "skin", "race", "ethnic"];

    /// <summary>Makes a card.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="pictures">Those that can be read.</param>
    /// <param name="import">What the import wrote beside the CSV, or null.</param>
    public static DatasetCard Build(Dataset dataset, IReadOnlyList<CuratedPicture> pictures, ImportReport? import)
    {
        Sample[] samples = [.. pictures.Select(picture => picture.Sample)];
        var card = new DatasetCard
        {
            Name = dataset.Name,
            Sha256 = ContentHash.Of(samples, [.. pictures.Select(picture => picture.Measures.Sha256)]),
            Pictures = pictures.Count,
            Persons = samples.Count(sample => sample.IsPerson),
            Unreadable = dataset.Samples.Length - pictures.Count,
            Groups = samples
                .Select(sample => sample.Group is { } group ? "group " + group : "file " + sample.File)
                .Distinct(StringComparer.Ordinal)
                .Count(),
            LabelRule = import?.Rule.ToString() ?? "labels as given; no record of a rule lies beside the CSV",
            Splits = Counts(samples, sample => sample.Split ?? "(none)"),
            Sources = Counts(samples, sample => Cell(sample, CanonicalCsv.Source)),
            Licences = Counts(samples, sample => Cell(sample, CanonicalCsv.Licence)),
            PersonSizes = Counts([.. samples.Where(sample => sample.IsPerson)], SizeName),
            Brightness = Brightnesses(pictures),
            Attributes = Attributes(samples),
            KnownGaps = [],
        };
        return card with { KnownGaps = [.. Gaps(card)] };
    }

    private static ImmutableArray<CardAttribute> Attributes(Sample[] samples) =>
        [
            .. samples
                .SelectMany(sample => sample.Attributes.Keys)
                .Distinct(StringComparer.Ordinal)
                .Except([.. CanonicalCsv.Technical, CanonicalCsv.Source])
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    var counts = Counts(samples, sample => Cell(sample, name))
                        .OrderByDescending(count => count.Pictures)
                        .ThenBy(count => count.Value, StringComparer.Ordinal)
                        .ToList();
                    return new CardAttribute(name, [.. counts.Take(ValuesListed)], Math.Max(0, counts.Count - ValuesListed));
                }),
        ];

    private static ImmutableArray<CardCount> Brightnesses(IReadOnlyList<CuratedPicture> pictures) =>
        [
            .. pictures
                .GroupBy(picture =>
                    picture.Measures.MeanGrey < 85 ? "dark, mean grey below 85"
                    : picture.Measures.MeanGrey <= 170 ? "middle, 85 to 170"
                    : "light, above 170"
                )
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new CardCount(group.Key, group.Count(), group.Count(picture => picture.Sample.IsPerson))),
        ];

    private static IEnumerable<string> Gaps(DatasetCard card)
    {
        var none = card.Pictures - card.Persons;
        if (Math.Min(card.Persons, none) < card.Pictures / 5)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"The classes are far apart: {card.Persons} pictures with a person, {none} without."
            );
        }

        if (card.Unreadable > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{card.Unreadable} pictures cannot be read.");
        }

        foreach (var count in card.Licences.Where(count => count.Value == Unknown))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"The licence of {count.Pictures} pictures is not recorded.");
        }

        if (card.Splits is [{ Value: "(none)" }])
        {
            yield return "There are no splits: what is measured depends on who divides.";
        }

        foreach (var size in card.PersonSizes.Where(size => size.Pictures < Few && size.Value != Unknown))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Only {size.Pictures} pictures have their largest person {size.Value}."
            );
        }

        foreach (
            var brightness in card.Brightness.Where(brightness =>
                Math.Min(brightness.Persons, brightness.Pictures - brightness.Persons) < Few
            )
        )
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Of pictures that are {brightness.Value}, {brightness.Persons} show a person and "
                    + $"{brightness.Pictures - brightness.Persons} none: too few for a false-alarm rate and a recall."
            );
        }

        if (!card.Attributes.Any(attribute => FairnessWords.Any(word => attribute.Name.Contains(word, StringComparison.OrdinalIgnoreCase))))
        {
            yield return "No attribute says anything about who the persons are (age, gender presentation, skin tone), so fairness towards "
                + "groups of persons cannot be measured on it.";
        }

        foreach (var attribute in card.Attributes.Where(attribute => attribute.Others == 0))
        {
            var rare = attribute.Values.Where(value => value.Value != Unknown && value.Pictures < Few).ToList();
            if (rare.Count > 0)
            {
                yield return $"'{attribute.Name}': fewer than {Few} pictures of "
                    + $"{string.Join(", ", rare.Select(value => string.Create(CultureInfo.InvariantCulture, $"'{value.Value}' ({value.Pictures})")))}.";
            }
        }
    }

    private const string Unknown = "(not recorded)";

    private static ImmutableArray<CardCount> Counts(Sample[] samples, Func<Sample, string> value) =>
        [
            .. samples
                .GroupBy(value, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new CardCount(group.Key, group.Count(), group.Count(sample => sample.IsPerson))),
        ];

    private static string Cell(Sample sample, string column) =>
        sample.Attributes.GetValueOrDefault(column) is { Length: > 0 } value ? value : Unknown;

    private static string SizeName(Sample sample) =>
        !double.TryParse(
            sample.Attributes.GetValueOrDefault(CanonicalCsv.MaxPersonArea)
                ?? sample.Attributes.GetValueOrDefault("max_person_area_fraction"),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var area
        )
            ? Unknown
        : area > 0.6 ? "near, above 0.6"
        : area >= 0.1 ? "mid, 0.1 to 0.6"
        : area >= 0.05 ? "far, 0.05 to 0.1"
        : "tiny, below 0.05";
}
