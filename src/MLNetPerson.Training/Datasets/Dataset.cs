using System.Collections.Immutable;

namespace MLNetPerson.Training.Datasets;

/// <summary>Samples from one place.</summary>
/// <param name="Name">For reports: the folder's name.</param>
/// <param name="Samples">In a fixed order.</param>
public sealed record Dataset(string Name, ImmutableArray<Sample> Samples)
{
    /// <summary>What the reader found and did not take, with reasons.</summary>
    public ImmutableArray<PassedOver> PassedOver { get; init; } = [];

    /// <summary>The splits that samples name, sorted.</summary>
    public IReadOnlyList<string> Splits =>
        [.. Samples.Select(sample => sample.Split).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The samples of one split.</summary>
    /// <exception cref="DatasetException">No sample names that split; the message lists those that are named.</exception>
    public Dataset Only(string split)
    {
        ImmutableArray<Sample> chosen = [.. Samples.Where(sample => sample.Split == split)];
        return chosen.Length > 0
            ? this with
            {
                Samples = chosen,
            }
            : throw new DatasetException(
                Splits.Count == 0
                    ? $"Dataset '{Name}' has no splits, so there is no '{split}'. Give its CSV a column 'split', or leave the option out."
                    : $"Dataset '{Name}' has no split '{split}'. Its splits: {string.Join(", ", Splits)}."
            );
    }
}
