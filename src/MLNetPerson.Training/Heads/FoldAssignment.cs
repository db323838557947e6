using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Heads;

/// <summary>Divides samples into folds of like size and like share of persons; a group is never divided.</summary>
public static class FoldAssignment
{
    /// <summary>The fold, from 0, of each sample. Depends on the samples and the seed alone.</summary>
    /// <exception cref="HeadException">Fewer groups with persons, or without, than folds.</exception>
    public static int[] Assign(IReadOnlyList<Sample> samples, int folds, int seed)
    {
        // Arrays by group, not objects: with a million pictures most groups are one picture.
        var (groupOf, size, withPerson) = Groups(samples);
        var position = new double[size.Length];
        var seen = new bool[size.Length];
        for (var i = 0; i < samples.Count; i++)
        {
            var group = groupOf[i];
            position[group] = seen[group] ? position[group] : HashSplit.Position(samples[i], seed);
            seen[group] = true;
        }

        var groups = Enumerable.Range(0, size.Length).ToArray();
        var (withPersons, without) = Kinds(size, withPerson);
        if (withPersons < folds || without < folds)
        {
            throw new HeadException(
                $"{folds} folds need at least {folds} groups of pictures with a person and as many without; there are {withPersons} and "
                    + $"{without}. Add pictures, or give --recipe a JSON file with fewer 'folds' under 'head' (2 at least)."
            );
        }

        // Large groups first, while there is room to even them out; like sizes in an order that only the seed knows.
        Array.Sort(
            groups,
            (a, b) =>
                size[a] != size[b] ? size[b].CompareTo(size[a])
                : position[a] != position[b] ? position[a].CompareTo(position[b])
                : a.CompareTo(b)
        );
        var foldOf = new int[groups.Length];
        var (persons, others) = (new int[folds], new int[folds]);
        foreach (var group in groups)
        {
            var strangers = size[group] - withPerson[group];
            var (fold, least) = (0, long.MaxValue);
            for (var candidate = 0; candidate < folds; candidate++)
            {
                var cost = ((long)withPerson[group] * persons[candidate]) + ((long)strangers * others[candidate]);
                (fold, least) = cost < least ? (candidate, cost) : (fold, least);
            }

            persons[fold] += withPerson[group];
            others[fold] += strangers;
            foldOf[group] = fold;
        }

        return [.. groupOf.Select(group => foldOf[group])];
    }

    /// <summary>The most folds that these samples can be divided into.</summary>
    internal static int Most(IReadOnlyList<Sample> samples)
    {
        var (_, size, withPerson) = Groups(samples);
        var (withPersons, without) = Kinds(size, withPerson);
        return Math.Min(withPersons, without);
    }

    private static (int WithPersons, int Without) Kinds(int[] size, int[] withPerson) =>
        (withPerson.Count(count => count > 0), withPerson.Zip(size).Count(group => group.First < group.Second));

    /// <summary>Each sample's group, and each group's samples and persons; a sample without a group is one of its own.</summary>
    private static (int[] GroupOf, int[] Size, int[] WithPerson) Groups(IReadOnlyList<Sample> samples)
    {
        var (groupOf, numbers) = (new int[samples.Count], new Dictionary<(bool IsGroup, string Name), int>());
        for (var i = 0; i < samples.Count; i++)
        {
            var key = samples[i].Group is { } group ? (true, group) : (false, samples[i].File);
            groupOf[i] = numbers.TryGetValue(key, out var known) ? known : numbers[key] = numbers.Count;
        }

        var (size, withPerson) = (new int[numbers.Count], new int[numbers.Count]);
        for (var i = 0; i < samples.Count; i++)
        {
            size[groupOf[i]]++;
            withPerson[groupOf[i]] += samples[i].IsPerson ? 1 : 0;
        }

        return (groupOf, size, withPerson);
    }
}
