using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MLNetPerson.Training.Display;

/// <summary>Curves in one SVG that needs nothing else: it is seen in a notebook, in a repository's page and in a browser, light or
/// dark.</summary>
public sealed record LinePlot
{
    private const int Width = 460;
    private const int Height = 300;
    private const int Left = 56;
    private const int Right = 24;
    private const int Top = 30;
    private const int Bottom = 46;
    private const int Ticks = 5;
    private const int LegendLine = 16;

    // Okabe and Ito's colours: told apart by colour-blind readers, too.
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    /// <summary>Above the plot.</summary>
    public required string Title { get; init; }

    /// <summary>What goes to the right, with its unit.</summary>
    public required string X { get; init; }

    /// <summary>What goes up, with its unit.</summary>
    public required string Y { get; init; }

    /// <summary>The curves.</summary>
    public required ImmutableArray<PlotSeries> Series { get; init; }

    /// <summary>The horizontal axis' ends.</summary>
    public (double Low, double High) XRange { get; init; } = (0, 1);

    /// <summary>The vertical axis' ends.</summary>
    public (double Low, double High) YRange { get; init; } = (0, 1);

    /// <summary>Where a vertical line marks something; none where null.</summary>
    public double? Mark { get; init; }

    /// <summary>The plot.</summary>
    /// <exception cref="InvalidOperationException">An axis ends where it begins.</exception>
    public string ToHtml()
    {
        if (!(XRange.Low < XRange.High && YRange.Low < YRange.High))
        {
            throw new InvalidOperationException($"Plot '{Title}': an axis must end above its beginning.");
        }

        var svg = new StringBuilder(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" role=\"img\" aria-label=\""
                + $"{HtmlText.Of(Title)}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\">\n"
        );
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"18\" font-weight=\"bold\">{HtmlText.Of(Title)}</text>\n");
        AppendAxes(svg);
        for (var i = 0; i < Series.Length; i++)
        {
            AppendSeries(svg, Series[i], Colours[i % Colours.Length]);
            AppendLegend(svg, Series[i].Name, Colours[i % Colours.Length], i);
        }

        return svg.Append("</svg>").ToString();
    }

    private void AppendAxes(StringBuilder svg)
    {
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var (x, y) = (
                XRange.Low + ((XRange.High - XRange.Low) * tick / Ticks),
                YRange.Low + ((YRange.High - YRange.Low) * tick / Ticks)
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d=\"M{Left} {Down(y)}H{Width - Right}M{Across(x)} {Top}V{Height - Bottom}\" stroke=\"currentColor\" "
                    + $"stroke-opacity=\"0.15\"/>"
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{Left - 6}\" y=\"{Down(y)}\" dy=\"4\" text-anchor=\"end\">{HtmlText.Number(y, "0.##")}</text><text x=\""
                    + $"{Across(x)}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{HtmlText.Number(x, "0.##")}</text>\n"
            );
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">{HtmlText.Of(X)}</text>"
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text transform=\"translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{HtmlText.Of(Y)}</text>\n"
        );
        if (Mark is { } mark)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d=\"M{Across(mark)} {Top}V{Height - Bottom}\" stroke=\"currentColor\" stroke-dasharray=\"4 3\"/>\n"
            );
        }
    }

    private void AppendSeries(StringBuilder svg, PlotSeries series, string colour)
    {
        if (series.IsDots)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<g fill=\"{colour}\">"
                    + $"{string.Concat(series.Points.Select(point => $"<circle cx=\"{Across(point.X)}\" cy=\"{Down(point.Y)}\" r=\"4\"/>"))}</g>\n"
            );
            return;
        }

        var path = new StringBuilder();
        var open = false;
        foreach (var (x, y) in series.Points)
        {
            if (double.IsFinite(x) && double.IsFinite(y))
            {
                path.Append(open ? 'L' : 'M').Append(Across(x)).Append(' ').Append(Down(y));
            }

            open = double.IsFinite(x) && double.IsFinite(y);
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
    }

    private static void AppendLegend(StringBuilder svg, string name, string colour, int index)
    {
        var y = Height - Bottom - 12 - (LegendLine * index);
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect x=\"{Width - Right - 150}\" y=\"{y - 9}\" width=\"12\" height=\"10\" fill=\"{colour}\"/><text x=\"{Width - Right - 132}"
                + $"\" y=\"{y}\">{HtmlText.Of(name)}</text>\n"
        );
    }

    private string Across(double x) => HtmlText.Pixels(Left + ((Width - Left - Right) * Share(x, XRange)));

    private string Down(double y) => HtmlText.Pixels(Height - Bottom - ((Height - Top - Bottom) * Share(y, YRange)));

    private static double Share(double value, (double Low, double High) range) =>
        Math.Clamp((value - range.Low) / (range.High - range.Low), 0, 1);
}
