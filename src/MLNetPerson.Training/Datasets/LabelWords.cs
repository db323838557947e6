using System.Collections.Frozen;

namespace MLNetPerson.Training.Datasets;

/// <summary>The words that datasets use for the two labels, in folder names and CSV cells. Case, spaces, '-' and '_' do not
/// matter.</summary>
public static class LabelWords
{
    private static readonly FrozenSet<string> Person = Set(
        "person",
        "people",
        "persons",
        "human",
        "humans",
        "1",
        "true",
        "yes",
        "positive"
    );

    private static readonly FrozenSet<string> None = Set(
        "none",
        "noperson",
        "nopeople",
        "nohuman",
        "nonperson",
        "nonhuman",
        "notperson",
        "notpeople",
        "nothuman",
        "nobody",
        "background",
        "empty",
        "0",
        "false",
        "no",
        "negative"
    );

    /// <summary>True for person, false for no person, null for a word that is neither.</summary>
    public static bool? Parse(string word)
    {
        var plain = Plain(word);
        return Person.Contains(plain) ? true
            : None.Contains(plain) ? false
            : null;
    }

    /// <summary>For error messages.</summary>
    public static string Expected => "person, people or human against none, no_person, not_person or background (or 1 against 0)";

    private static FrozenSet<string> Set(params string[] words) => words.ToFrozenSet(StringComparer.Ordinal);

    private static string Plain(string word) =>
        string.Concat(word.Trim().Where(character => character is not (' ' or '-' or '_'))).ToLowerInvariant();
}
