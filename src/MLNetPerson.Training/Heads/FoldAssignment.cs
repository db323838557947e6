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
        var (groupOf, numbers) = (new int[samples.Count], new Dictionary<(bool IsGroup, string Name), int>());
        for (var i = 0; i < samples.Count; i++)
        {
            var key = samples[i].Group is { } group ? (true, group) : (false, samples[i].File);
            groupOf[i] = numbers.TryGetValue(key, out var known) ? known : numbers[key] = numbers.Count;
        }

        var (size, withPerson, position) = (new int[numbers.Count], new int[numbers.Count], new double[numbers.Count]);
        numbers.Clear();
        for (var i = 0; i < samples.Count; i++)
        {
            var group = groupOf[i];
            position[group] = size[group] == 0 ? HashSplit.Position(samples[i], seed) : position[group];
            size[group]++;
            withPerson[group] += samples[i].IsPerson ? 1 : 0;
        }

        var groups = Enumerable.Range(0, size.Length).ToArray();
        var (withPersons, without) = (withPerson.Count(count => count > 0), groups.Count(group => withPerson[group] < size[group]));
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
}
