using System.Globalization;

namespace MLNetPerson.Training.Datasets;

/// <summary>Several faults in one message: one stays in the sentence, more are lines, many end with "and N more".</summary>
internal static class FaultList
{
    public const int MostShown = 10;

    /// <param name="what">The beginning of the sentence, without a stop.</param>
    /// <param name="faults">Each without a stop; at least one.</param>
    /// <param name="toDo">A sentence with its stop, or empty.</param>
    /// <param name="count">Of all faults, where <paramref name="faults"/> holds only the first ones.</param>
    public static string Text(string what, IReadOnlyList<string> faults, string toDo = "", int count = 0)
    {
        count = Math.Max(count, faults.Count);
        if (count == 1)
        {
            return $"{what}: {faults[0]}.{(toDo.Length > 0 ? " " + toDo : "")}";
        }

        var lines = string.Concat(faults.Take(MostShown).Select(fault => $"\n  {fault}"));
        var more =
            count > MostShown
                ? string.Create(CultureInfo.InvariantCulture, $"\n  and {count - Math.Min(MostShown, faults.Count)} more")
                : "";
        return $"{what}:{lines}{more}{(toDo.Length > 0 ? "\n" + toDo : "")}";
    }
}
