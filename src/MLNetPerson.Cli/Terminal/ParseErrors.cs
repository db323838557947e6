using System.CommandLine;
using System.Text.RegularExpressions;

namespace MLNetPerson.Cli.Terminal;

/// <summary>The parser's sentences in words of the command line: it names .NET's types.</summary>
internal static partial class ParseErrors
{
    /// <summary>One line for each value of the wrong kind; null where the parser's own words do.</summary>
    public static string? Plain(ParseResult parsed)
    {
        string[] lines =
        [
            .. parsed
                .Errors.Select(error => WrongKind().Match(error.Message))
                .Where(match => match.Success)
                .Select(match =>
                    $"error: {match.Groups["name"].Value} takes {Kind(match.Groups["type"].Value)}, not '{match.Groups["value"].Value}'."
                ),
        ];
        return lines.Length > 0 ? string.Join(Environment.NewLine, lines) : null;
    }

    private static string Kind(string type) =>
        type.Contains("Int", StringComparison.Ordinal) ? "a whole number"
        : type.Contains("Double", StringComparison.Ordinal) ? "a number"
        : type.Contains("Boolean", StringComparison.Ordinal) ? "true or false"
        : "another kind of value";

    [GeneratedRegex(
        "^Cannot parse argument '(?<value>.*)' for (option|argument|command) '(?<name>[^']*)' as expected type '(?<type>[^']*)'"
    )]
    private static partial Regex WrongKind();
}
