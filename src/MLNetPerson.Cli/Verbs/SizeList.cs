using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Cli.Verbs;

/// <summary><c>--sizes 96,128,160</c>.</summary>
internal static class SizeList
{
    public static Option<string?> Option(string description) => new("--sizes") { Description = description, HelpName = "pixels,…" };

    /// <exception cref="RecipeException">Not a list of whole numbers. Which numbers are sizes is checked with the other
    /// options.</exception>
    public static ImmutableArray<int> Parse(string text) =>
        [
            .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(word =>
                    int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var side)
                        ? side
                        : throw new RecipeException(
                            $"--sizes '{text}': '{word}' is not a whole number of pixels. Write them with commas between, such as "
                                + $"96,128,160."
                        )
                ),
        ];
}
