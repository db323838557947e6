using System.Globalization;

namespace MLNetPerson.Training.Import;

/// <summary>The first names of many, for messages.</summary>
internal static class Names
{
    private const int MostShown = 3;

    /// <summary>For example "'a', 'b', 'c' and 9 more".</summary>
    public static string Some(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(MostShown).Select(name => $"'{name}'"))
        + (names.Count > MostShown ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - MostShown} more") : "");

    /// <summary>For example "1 picture" or "12 pictures".</summary>
    public static string Count(int count, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");
}
