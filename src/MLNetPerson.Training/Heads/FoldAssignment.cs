using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Heads;

/// <summary>Divides samples into folds of like size and like share of persons; a group is never divided.</summary>
public static class FoldAssignment
{
    /// <summary>The fold, from 0, of each sample. Depends on the samples and the seed alone.</summary>
    /// <exception cref="HeadException">Fewer groups with persons, or without, than folds.</exception>
    public static int[] Assign(IReadOnlyList<Sample> samples, int folds, int seed)
    {
        var groups = Groups(samples, seed);
        var (withPersons, without) = Kinds(groups);
        if (withPersons < folds || without < folds)
        {
            throw new HeadException(
                $"{folds} folds need at least {folds} groups of pictures with a person and as many without; there are {withPersons} and "
                    + $"{without}. Add pictures, or give --recipe a JSON file with fewer 'folds' under 'head' (2 at least)."
            );
        }

        // Large groups first, while there is room to even them out; like sizes in an order that only the seed knows.
        var assigned = new int[samples.Count];
        var (persons, others) = (new int[folds], new int[folds]);
        foreach (var group in groups.OrderByDescending(group => group.Members.Length).ThenBy(group => group.Position))
        {
            var strangers = group.Members.Length - group.Persons;
            var fold = Enumerable
                .Range(0, folds)
                .MinBy(candidate => ((long)group.Persons * persons[candidate]) + ((long)strangers * others[candidate]));
            persons[fold] += group.Persons;
            others[fold] += strangers;
            foreach (var member in group.Members)
            {
                assigned[member] = fold;
            }
        }

        return assigned;
    }

    /// <summary>The most folds that these samples can be divided into.</summary>
    internal static int Most(IReadOnlyList<Sample> samples)
    {
        var (withPersons, without) = Kinds(Groups(samples, 0));
        return Math.Min(withPersons, without);
    }

    private static (int WithPersons, int Without) Kinds(List<(int[] Members, int Persons, double Position)> groups) =>
        (groups.Count(group => group.Persons > 0), groups.Count(group => group.Persons < group.Members.Length));

    private static List<(int[] Members, int Persons, double Position)> Groups(IReadOnlyList<Sample> samples, int seed) =>
        samples
            .Select((sample, index) => (sample, index))
            .GroupBy(pair => pair.sample.Group is { } group ? "group " + group : "file " + pair.sample.File, StringComparer.Ordinal)
            .Select(group =>
                (
                    Members: group.Select(pair => pair.index).ToArray(),
                    Persons: group.Count(pair => pair.sample.IsPerson),
                    Position: HashSplit.Position(group.First().sample, seed)
                )
            )
            .ToList();
}
