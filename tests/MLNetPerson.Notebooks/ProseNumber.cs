using System.Globalization;
using System.Text.RegularExpressions;

namespace MLNetPerson.Notebooks;

/// <summary>
/// A number in a notebook's prose with the expression that it is a value of, in a comment that no reader sees:
/// <c>It is right in 94 %&lt;!-- 100 * accuracy ± 1 --&gt; of them.</c>
/// </summary>
/// <param name="Text">The number as it stands there.</param>
/// <param name="Expression">C#, evaluated after the last cell.</param>
/// <param name="Tolerance">How far the number may be from the value, in the number's own unit.</param>
public sealed partial record ProseNumber(string Text, string Expression, double Tolerance)
{
    public double Value => double.Parse(Text.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    /// <summary>All of a text.</summary>
    public static IEnumerable<ProseNumber> In(string markdown) =>
        Marked()
            .Matches(markdown)
            .Select(match => new ProseNumber(
                match.Groups["number"].Value,
                match.Groups["expression"].Value,
                double.Parse(match.Groups["tolerance"].Value, CultureInfo.InvariantCulture)
            ));

    /// <summary>The text with its numbers made anew, as many decimals as they had.</summary>
    public static string Refill(string markdown, Func<ProseNumber, double> value) =>
        Marked()
            .Replace(
                markdown,
                match =>
                {
                    var (number, old) = (In(match.Value).Single(), match.Groups["number"].Value);
                    var decimals = old.Contains('.') ? old.Length - old.IndexOf('.') - 1 : 0;
                    return value(number).ToString((old.Contains(',') ? "N" : "F") + decimals, CultureInfo.InvariantCulture)
                        + match.Value[old.Length..];
                }
            );

    /// <summary>Numbers that no run could contradict: every numeral outside of code, links, names and headings must be marked.</summary>
    public static IEnumerable<string> Unmarked(string markdown)
    {
        var prose = NotProse().Replace(Marked().Replace(markdown, ""), " ");
        return Numeral().Matches(prose).Select(match => match.Value);
    }

    [GeneratedRegex(
        @"(?<number>-?\d[\d,]*(?:\.\d+)?)(?<unit>[^<>\d]{0,12})<!-- (?<expression>.+?) ± (?<tolerance>\d+(?:\.\d+)?) -->",
        RegexOptions.Singleline
    )]
    private static partial Regex Marked();

    [GeneratedRegex(@"```.*?```|`[^`]*`|\]\([^)]*\)|^#.*$|^\d+\. |<!--.*?-->", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex NotProse();

    [GeneratedRegex(@"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")]
    private static partial Regex Numeral();
}
