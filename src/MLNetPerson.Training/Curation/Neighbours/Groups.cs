namespace MLNetPerson.Training.Curation.Neighbours;

/// <summary>Joins what belongs together: union and find.</summary>
internal sealed class Groups
{
    private readonly int[] _parents;

    public Groups(int count) => _parents = [.. Enumerable.Range(0, count)];

    public void Join(int a, int b)
    {
        // The lower index stands for the group, whatever the order of joins.
        var (first, second) = (Find(a), Find(b));
        _parents[Math.Max(first, second)] = Math.Min(first, second);
    }

    public int Find(int index)
    {
        while (_parents[index] != index)
        {
            index = _parents[index] = _parents[_parents[index]];
        }

        return index;
    }

    /// <summary>Groups of at least two, each in order, by their first.</summary>
    public List<int[]> Together() =>
        [
            .. Enumerable
                .Range(0, _parents.Length)
                .GroupBy(Find)
                .Where(group => group.Count() > 1)
                .OrderBy(group => group.Key)
                .Select(group => group.ToArray()),
        ];
}
