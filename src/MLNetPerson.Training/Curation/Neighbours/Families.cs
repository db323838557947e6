namespace MLNetPerson.Training.Curation.Neighbours;

/// <summary>Pictures that belong together, by copies, scenes and groups that the dataset names: what must stay on one side of every
/// split.</summary>
internal sealed class Families
{
    private readonly string?[] _names;

    private Families(List<int[]> members, string?[] names)
    {
        Members = members;
        _names = names;
    }

    /// <summary>Indices of each family of at least two, in order.</summary>
    public List<int[]> Members { get; }

    /// <summary>The family's name: the first of its members' groups, or one made of a hash, so that it is the same the next time. Null for
    /// a picture on its own.</summary>
    public string? NameOf(int index) => _names[index];

    public static Families Of(IReadOnlyList<CuratedPicture> pictures, IEnumerable<CopyPair> pairs)
    {
        var groups = new Groups(pictures.Count);
        foreach (var pair in pairs)
        {
            groups.Join(pair.First, pair.Second);
        }

        foreach (
            var named in Enumerable
                .Range(0, pictures.Count)
                .Where(index => pictures[index].Sample.Group is not null)
                .GroupBy(index => pictures[index].Sample.Group!, StringComparer.Ordinal)
        )
        {
            var first = named.First();
            foreach (var member in named)
            {
                groups.Join(first, member);
            }
        }

        var names = pictures.Select(picture => picture.Sample.Group).ToArray();
        var together = groups.Together();
        foreach (var family in together)
        {
            var name =
                family.Select(index => pictures[index].Sample.Group).OfType<string>().Order(StringComparer.Ordinal).FirstOrDefault()
                ?? "copies-" + family.Select(index => pictures[index].Measures.Sha256).Order(StringComparer.Ordinal).First()[..12];
            foreach (var member in family)
            {
                names[member] = name;
            }
        }

        return new Families(together, names);
    }
}
