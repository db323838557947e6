using System.Collections.Frozen;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Import;

/// <summary>Which of a source's categories are persons.</summary>
internal static class PersonCategories
{
    /// <summary>The words that datasets have for a whole person. Parts (a face, a hand) are not among them: name them where they shall
    /// count.</summary>
    private static readonly FrozenSet<string> Words = new[]
    {
        "person",
        "people",
        "persons",
        "pedestrian",
        "pedestrians",
        "human",
        "humans",
        "man",
        "woman",
        "boy",
        "girl",
        "child",
        "rider",
        "riders",
        "crowd",
        "cyclist",
        "partially-visible persons",
        "partially-visible person",
        // Open Images' machine names of Person, Man, Woman, Boy and Girl.
        "/m/01g317",
        "/m/04yx4",
        "/m/03bt1vf",
        "/m/01bl7v",
        "/m/05r655",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The categories that count, as the source writes them.</summary>
    /// <param name="source">For the message.</param>
    /// <param name="known">All that the source has.</param>
    /// <param name="named">What the user named, or nothing for the usual words.</param>
    /// <exception cref="DatasetException">A named category is not there, or none is a person's.</exception>
    public static HashSet<string> Choose(string source, IEnumerable<string> known, IReadOnlyCollection<string> named)
    {
        var all = known.Distinct(StringComparer.Ordinal).ToList();
        var unknown = named.Where(name => !all.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
        if (unknown.Count > 0)
        {
            throw new DatasetException($"'{source}' has no category '{string.Join("', '", unknown)}'. Its categories: {List(all)}.");
        }

        var chosen = all.Where(name => named.Count > 0 ? named.Contains(name, StringComparer.OrdinalIgnoreCase) : IsPerson(name))
            .ToHashSet(StringComparer.Ordinal);
        return chosen.Count > 0 || all.Count == 0
            ? chosen
            : throw new DatasetException(
                $"'{source}' has no category that is known to be a person. Its categories: {List(all)}. Name those that are with --person."
            );
    }

    /// <summary>The same for labels of tools, among which a plain word for nobody ("none") is an answer and no category.</summary>
    /// <param name="source">For the message.</param>
    /// <param name="labels">All that the source has.</param>
    /// <param name="named">What the user named, or nothing for the usual words.</param>
    /// <exception cref="DatasetException">A named label is not there, or none is a person's.</exception>
    public static HashSet<string> ChooseLabels(string source, IEnumerable<string> labels, IReadOnlyCollection<string> named) =>
        Choose(source, labels.Where(label => LabelWords.Parse(label) is not false || named.Contains(label)), named);

    /// <summary>Whether a word names whole persons.</summary>
    public static bool IsPerson(string word) => Words.Contains(word);

    private static string List(List<string> all) => string.Join(", ", all.Take(20)) + (all.Count > 20 ? ", …" : "");
}
