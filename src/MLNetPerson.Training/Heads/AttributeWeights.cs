using System.Collections.Immutable;
using System.Globalization;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Heads;

/// <summary>
/// Weights under which all values of an attribute count alike within each label, however many pictures each has. The classes' own shares
/// stay as they are.
/// </summary>
/// <remarks>After F. Kamiran and T. Calders, Data preprocessing techniques for classification without discrimination, KAIS 33 (2012), with
/// equal shares as the aim.</remarks>
public sealed record AttributeWeights
{
    /// <summary>No picture counts more than this times the average: a value that three pictures have must not decide.</summary>
    public const double Most = 10;

    private AttributeWeights(double[] values, ImmutableArray<string> capped)
    {
        Values = values;
        Capped = capped;
    }

    /// <summary>One per sample; they average 1.</summary>
    public double[] Values { get; }

    /// <summary>The values so rare that their weight was capped, as "label, value: pictures".</summary>
    public ImmutableArray<string> Capped { get; }

    /// <summary>Weighs samples.</summary>
    /// <exception cref="DatasetException">No sample has the attribute, or all have the same value of it.</exception>
    public static AttributeWeights Of(IReadOnlyList<Sample> samples, string attribute)
    {
        string[] values = [.. samples.Select(sample => sample.Attributes.GetValueOrDefault(attribute) ?? "")];
        if (values.Distinct(StringComparer.Ordinal).Count() < 2)
        {
            throw new DatasetException(
                $"There is nothing to balance by '{attribute}': "
                    + $"{(values.All(value => value.Length == 0) ? "no picture has it" : $"all pictures have '{values[0]}'")}. "
                    + $"Attributes: "
                    + $"{string.Join(", ", samples.SelectMany(sample => sample.Attributes.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}."
            );
        }

        var weights = new double[samples.Count];
        List<string> capped = [];
        foreach (var label in Enumerable.Range(0, samples.Count).GroupBy(i => samples[i].IsPerson))
        {
            var cells = label.GroupBy(i => values[i], StringComparer.Ordinal).OrderBy(cell => cell.Key, StringComparer.Ordinal).ToList();
            foreach (var cell in cells)
            {
                var weight = label.Count() / ((double)cells.Count * cell.Count());
                if (weight > Most)
                {
                    capped.Add(
                        string.Create(CultureInfo.InvariantCulture, $"{(label.Key ? "person" : "none")}, '{cell.Key}': {cell.Count()}")
                    );
                }

                foreach (var i in cell)
                {
                    weights[i] = Math.Min(weight, Most);
                }
            }

            // What the cap took away is given back to the label as a whole, so that its share stays.
            var factor = label.Count() / label.Sum(i => weights[i]);
            foreach (var i in label)
            {
                weights[i] *= factor;
            }
        }

        return new AttributeWeights(weights, [.. capped]);
    }
}
