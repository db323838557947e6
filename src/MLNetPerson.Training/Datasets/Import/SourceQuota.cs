using System.Globalization;

namespace MLNetPerson.Training.Datasets.Import;

/// <summary>How many pictures to take of a source. Which ones is decided by hash, so that the same are taken again.</summary>
/// <param name="Persons">With a person, or null for as they come.</param>
/// <param name="None">Without one, or null for as they come.</param>
/// <param name="Total">In all, where the two are null.</param>
public readonly record struct SourceQuota(int? Persons, int? None, int? Total)
{
    /// <summary>Reads "5000" or "3000/2000" (with a person / without).</summary>
    /// <exception cref="DatasetException">Neither.</exception>
    public static SourceQuota Parse(string text)
    {
        var parts = text.Split('/');
        var numbers = parts
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
            .ToArray();
        return numbers.All(number => number >= 0) && numbers.Length is 1 or 2
            ? numbers.Length == 1
                ? new SourceQuota(null, null, numbers[0])
                : new SourceQuota(numbers[0], numbers[1], null)
            : throw new DatasetException(
                $"'{text}' is not a quota. Write a number of pictures, or two: 3000/2000 for 3000 with a person and 2000 without."
            );
    }

    /// <summary>As it is written.</summary>
    public override string ToString() =>
        Total is { } total
            ? string.Create(CultureInfo.InvariantCulture, $"{total}")
            : string.Create(CultureInfo.InvariantCulture, $"{Persons}/{None}");
}
