using System.Globalization;

namespace MLNetPerson.Training.Datasets;

/// <summary>An entry of a folder that a reader did not take, and why.</summary>
/// <param name="File">Below the folder that was read, with forward slashes; a folder ends with one.</param>
/// <param name="Reason">One of the sentences of <see cref="PassedOverReasons"/>, so that entries can be counted by it.</param>
public sealed record PassedOver(string File, string Reason)
{
    private const int MostNamed = 3;

    /// <summary>One line per reason: how many, why, and the first names. Empty where nothing was passed over.</summary>
    public static IReadOnlyList<string> Summarize(IEnumerable<PassedOver> entries) =>
        [
            .. entries
                .GroupBy(entry => entry.Reason, StringComparer.Ordinal)
                .OrderByDescending(reason => reason.Count())
                .ThenBy(reason => reason.Key, StringComparer.Ordinal)
                .Select(reason =>
                {
                    var names = string.Join(", ", reason.Take(MostNamed).Select(entry => $"'{entry.File}'"));
                    var more = reason.Count() - MostNamed;
                    return string.Create(
                        CultureInfo.InvariantCulture,
                        $"passed over {reason.Count()}: {reason.Key}: {names}{(more > 0 ? $" and {more} more" : "")}"
                    );
                }),
        ];
}
