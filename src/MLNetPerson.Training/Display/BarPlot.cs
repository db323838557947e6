using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MLNetPerson.Training.Display;

/// <summary>Bars with whiskers, one below the other, in one SVG that needs nothing else.</summary>
public sealed record BarPlot
{
    private const int Longest = 340;
    private const int Right = 62;
    private const double Letter = 6.8; // pixels that a letter of 12 takes at most, on average
    private const int Top = 32;
    private const int Line = 24;

    /// <summary>Above the bars.</summary>
    public required string Title { get; init; }

    /// <summary>The bars, from top to bottom.</summary>
    public required ImmutableArray<Bar> Bars { get; init; }

    /// <summary>What a full bar is; the largest value or whisker where null.</summary>
    public double? Full { get; init; }

    /// <summary>How values are written, as in <see cref="double.ToString(string)"/>.</summary>
    public string Format { get; init; } = "0.00";

    /// <summary>The bars.</summary>
    public string ToHtml()
    {
        var full = Full ?? Bars.Select(bar => Math.Max(bar.Value, bar.Interval?.High ?? 0)).DefaultIfEmpty(1).Max();
        var left = 8 + (int)(Letter * Bars.Select(bar => bar.Label.Length).DefaultIfEmpty(0).Max());
        var width = left + Longest + Right;
        var height = Top + (Line * Bars.Length) + 8;
        var svg = new StringBuilder(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" aria-label=\""
                + $"{HtmlText.Of(Title)}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\">\n"
        );
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"18\" font-weight=\"bold\">{HtmlText.Of(Title)}</text>\n");
        for (var i = 0; i < Bars.Length; i++)
        {
            var (bar, y) = (Bars[i], Top + (Line * i));
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{left - 8}\" y=\"{y + 13}\" text-anchor=\"end\">{HtmlText.Of(bar.Label)}</text>"
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{left}\" y=\"{y}\" width=\"{HtmlText.Pixels(Across(bar.Value, full))}\" height=\"16\" fill=\"#56b4e9\"/>"
            );
            if (bar.Interval is { } interval)
            {
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<path d=\"M{HtmlText.Pixels(left + Across(interval.Low, full))} {y + 8}H"
                        + $"{HtmlText.Pixels(left + Across(interval.High, full))}\" stroke=\"currentColor\" stroke-width=\"2\"/>"
                );
            }

            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{width - Right + 8}\" y=\"{y + 13}\">{HtmlText.Number(bar.Value, Format)}</text>\n"
            );
        }

        return svg.Append("</svg>").ToString();
    }

    private static double Across(double value, double full) =>
        double.IsNaN(value) || full <= 0 ? 0 : Longest * Math.Clamp(value / full, 0, 1);
}
