using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Curation.Splits;

/// <summary>How a dataset is divided.</summary>
public sealed record SplitPlan
{
    /// <summary>The split of pictures that would lie on two sides at once: no other split's name, so that nobody trains or measures on
    /// them.</summary>
    public const string Torn = "torn";

    /// <summary>Names and shares, which sum to 1.</summary>
    public ImmutableArray<(string Name, double Share)> Parts { get; init; } = [("train", 0.8), ("dev", 0.1), ("test", 0.1)];

    /// <summary>Attributes whose values are to be spread alike over the splits, beside the label. For the report, and for choosing a
    /// seed.</summary>
    public ImmutableArray<string> By { get; init; } = [];

    /// <summary>Decides, with the picture's content, which side it falls on.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>The splits that pictures have already are forgotten.</summary>
    public bool Anew { get; init; }

    /// <summary>Reads "train=0.8,dev=0.1,test=0.1".</summary>
    /// <exception cref="DatasetException">Not of that form, or the shares do not sum to 1.</exception>
    public static ImmutableArray<(string Name, double Share)> ParseParts(string text)
    {
        var parts = text.Split(',')
            .Select(part => part.Split('='))
            .Select(pair =>
                (
                    Name: pair[0].Trim(),
                    Share: pair.Length == 2 && double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
                        ? share
                        : double.NaN
                )
            )
            .ToImmutableArray();
        return
            parts.Length > 1
            && parts.All(part => part.Name.Length > 0 && part.Name != Torn && part.Share is > 0 and < 1)
            && Math.Abs(parts.Sum(part => part.Share) - 1) < 1e-6
            && parts.Select(part => part.Name).Distinct(StringComparer.Ordinal).Count() == parts.Length
            ? parts
            : throw new DatasetException(
                $"'{text}' does not divide a dataset. Write names and shares that sum to 1, as in train=0.8,dev=0.1,test=0.1."
            );
    }
}
