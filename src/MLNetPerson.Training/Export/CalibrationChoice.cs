using System.Collections.Immutable;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Export;

/// <summary>Divides pictures into those to calibrate on, as many with a person as without, and those to prove with.</summary>
/// <param name="Calibration">By class in turn, in an order that only file names and the seed decide.</param>
/// <param name="Rest">All others, in the dataset's order.</param>
internal sealed record CalibrationChoice(ImmutableArray<Sample> Calibration, ImmutableArray<Sample> Rest)
{
    /// <summary>Chooses.</summary>
    /// <param name="dataset">With both classes.</param>
    /// <param name="count">How many to calibrate on.</param>
    /// <param name="seed">Another seed, another choice.</param>
    /// <param name="leaveHalf">Whether at least half of each class must be left to prove with.</param>
    /// <exception cref="DatasetException">Empty or of one class.</exception>
    public static CalibrationChoice Of(Dataset dataset, int count, int seed, bool leaveHalf)
    {
        var persons = Ordered(dataset, isPerson: true, seed);
        var others = Ordered(dataset, isPerson: false, seed);
        if (persons.Count == 0 || others.Count == 0)
        {
            throw new DatasetException(
                $"Dataset '{dataset.Name}' has {dataset.Samples.Length} pictures, {persons.Count} of them with a person. Calibration needs "
                    + $"pictures of both kinds: what only the other kind excites would be cut off."
            );
        }

        int Take(int available) => Math.Max(1, Math.Min(count / 2, leaveHalf ? available / 2 : available));
        var (fromPersons, fromOthers) = (Take(persons.Count), Take(others.Count));
        ImmutableArray<Sample> chosen = [.. persons.Take(fromPersons).Concat(others.Take(fromOthers))];
        var taken = chosen.Select(sample => sample.Path).ToHashSet(StringComparer.Ordinal);
        return new CalibrationChoice(chosen, [.. dataset.Samples.Where(sample => !taken.Contains(sample.Path))]);
    }

    private static List<Sample> Ordered(Dataset dataset, bool isPerson, int seed) =>
        [
            .. dataset
                .Samples.Where(sample => sample.IsPerson == isPerson)
                .OrderBy(sample => HashSplit.Position(sample with { Group = null }, seed))
                .ThenBy(sample => sample.File, StringComparer.Ordinal),
        ];
}
