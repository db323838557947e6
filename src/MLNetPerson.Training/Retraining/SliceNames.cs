using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Training.Curation.Pictures;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Datasets.Import;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Retraining;

/// <summary>The attributes by which an evaluation can be sliced: those of the dataset, and some that pictures and boxes have by
/// themselves.</summary>
public static class SliceNames
{
    /// <summary>All attributes with few values, and all built-in ones.</summary>
    public const string All = "all";

    /// <summary>By the share of what the model sees that the largest person fills.</summary>
    public const string PersonSize = "person-size";

    /// <summary>By mean grey.</summary>
    public const string Brightness = "brightness";

    /// <summary>By blur.</summary>
    public const string Sharpness = "sharpness";

    /// <summary>By the column source.</summary>
    public const string Source = CanonicalCsv.Source;

    /// <summary>Joins attributes into one whose values are all combinations.</summary>
    public const char Joint = '+';

    /// <summary>More values than this are not sliced by unless asked for by name.</summary>
    private const int MostValues = 24;

    /// <summary>Those that need no column.</summary>
    public static ImmutableArray<string> BuiltIn { get; } = [PersonSize, Brightness, Sharpness];

    /// <summary>Slices an evaluation.</summary>
    /// <param name="evaluation">Of a package on a dataset.</param>
    /// <param name="names">Attributes; <see cref="All"/> for all; several joined by '+'.</param>
    /// <param name="input">What the model sees.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="DatasetException">No sample has such an attribute; the message lists those there are.</exception>
    public static ImmutableArray<SliceResult> Evaluate(
        PackageEvaluation evaluation,
        IReadOnlyList<string> names,
        ImageSpec input,
        CancellationToken cancellation = default
    )
    {
        var samples = evaluation.Samples;
        var measures = new Lazy<PictureMeasures?[]>(() =>
            [.. new PictureMeter().MeasureMany(samples, null, cancellation).Select(result => result.Measures)]
        );
        bool[] labels = [.. samples.Select(sample => sample.IsPerson)];
        bool[] decisions = [.. evaluation.Probabilities.Select(probability => probability >= evaluation.Report.Threshold)];
        return
        [
            .. Expand(samples, names)
                .SelectMany(name => SliceEvaluator.Evaluate(name, Values(samples, name, input, measures), labels, decisions)),
        ];
    }

    private static IEnumerable<string> Expand(ImmutableArray<Sample> samples, IReadOnlyList<string> names)
    {
        if (!names.Contains(All, StringComparer.Ordinal))
        {
            return names.Distinct(StringComparer.Ordinal);
        }

        var attributes = samples
            .SelectMany(sample => sample.Attributes.Keys)
            .Distinct(StringComparer.Ordinal)
            .Except(CanonicalCsv.Technical)
            .Order(StringComparer.Ordinal)
            .Where(name =>
                samples.Select(sample => sample.Attributes.GetValueOrDefault(name)).Distinct(StringComparer.Ordinal).Count()
                    is > 1
                        and <= MostValues
            );
        var hasBoxes = samples.Any(sample => Size(sample, new ImageSpec(224, 224)) is not null);
        return names
            .Where(name => name != All)
            .Concat(attributes)
            .Concat(BuiltIn.Where(name => name != PersonSize || hasBoxes))
            .Distinct(StringComparer.Ordinal);
    }

    private static string?[] Values(ImmutableArray<Sample> samples, string name, ImageSpec input, Lazy<PictureMeasures?[]> measures)
    {
        if (name.Contains(Joint))
        {
            var parts = name.Split(Joint, StringSplitOptions.TrimEntries).Select(part => Values(samples, part, input, measures)).ToList();
            return
            [
                .. Enumerable
                    .Range(0, samples.Length)
                    .Select(i => parts.Any(part => part[i] is null) ? null : string.Join(" + ", parts.Select(part => part[i]))),
            ];
        }

        return name switch
        {
            PersonSize => [.. samples.Select(sample => SizeName(Size(sample, input)))],
            Brightness =>
            [
                .. measures.Value.Select(picture =>
                    picture is null ? null
                    : picture.MeanGrey < 85 ? "1 dark, mean grey below 85"
                    : picture.MeanGrey <= 170 ? "2 middle, 85 to 170"
                    : "3 light, above 170"
                ),
            ],
            Sharpness =>
            [
                .. measures.Value.Select(picture =>
                    picture is null ? null
                    : picture.Blur < 0.3 ? "1 sharp, blur below 0.3"
                    : picture.Blur <= 0.4 ? "2 middle, 0.3 to 0.4"
                    : "3 soft, above 0.4"
                ),
            ],
            _ when samples.Any(sample => sample.Attributes.ContainsKey(name)) =>
            [
                .. samples.Select(sample => sample.Attributes.GetValueOrDefault(name) is { Length: > 0 } value ? value : null),
            ],
            _ => throw new DatasetException(
                $"There is no attribute '{name}' to slice by. There are: "
                    + $"{string.Join(", ", samples.SelectMany(sample => sample.Attributes.Keys).Concat(BuiltIn).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}."
            ),
        };
    }

    private static string? SizeName(double? area) =>
        area switch
        {
            null => null,
            > 0.6 => "1 near, above 0.6",
            >= 0.1 => "2 mid, 0.1 to 0.6",
            >= 0.05 => "3 far, 0.05 to 0.1",
            _ => "4 tiny, below 0.05",
        };

    /// <summary>Of the crop that this model sees where boxes are there, else what the CSV says; null for pictures without a
    /// person.</summary>
    private static double? Size(Sample sample, ImageSpec input)
    {
        if (!sample.IsPerson)
        {
            return null;
        }

        var cell = sample.Attributes.GetValueOrDefault(CanonicalCsv.PersonBoxes);
        if (
            !string.IsNullOrEmpty(cell)
            && Number(CanonicalCsv.Width) is > 0 and var width
            && Number(CanonicalCsv.Height) is > 0 and var height
        )
        {
            try
            {
                return new LabelRule { Input = input }.LargestArea((int)width, (int)height, PersonBox.ParseMany(cell));
            }
            catch (FormatException exception)
            {
                throw new DatasetException($"'{sample.File}': {exception.Message}.", exception);
            }
        }

        return Number(CanonicalCsv.MaxPersonArea);

        double? Number(string column) =>
            double.TryParse(sample.Attributes.GetValueOrDefault(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : null;
    }
}
