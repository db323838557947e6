using System.Collections.Immutable;
using System.Globalization;
using System.Security;
using System.Text;

namespace MLNetPerson.Training.Retraining.Sizes;

/// <summary>Draws a frontier as SVG: accuracy against time, with intervals; what nothing dominates is joined by a line.</summary>
public static class FrontierChart
{
    private const int Width = 760;
    private const int Height = 460;
    private const int Left = 70;
    private const int Right = 24;
    private const int Top = 56;
    private const int Bottom = 64;
    private const int Ticks = 6;

    /// <summary>Okabe and Ito's colours, which colour-blind people can tell apart.</summary>
    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"];

    /// <summary>The same points give the same text.</summary>
    /// <param name="points">At least one.</param>
    /// <param name="title">Above the chart.</param>
    /// <param name="note">Below it: what was measured, where.</param>
    public static string Draw(IReadOnlyList<SizePoint> points, string title, string note)
    {
        var encodings = points.Select(point => point.Encoding).Distinct().ToImmutableArray();
        var times = Scale(0, points.Max(point => point.Timing.EndToEnd.P50High), Left, Width - Right);
        var accuracies = Scale(
            points.Min(point => point.Accuracy.Low ?? point.Accuracy.Value),
            points.Max(point => point.Accuracy.High ?? point.Accuracy.Value),
            Height - Bottom,
            Top
        );
        var svg = new StringBuilder();
        void Line(params FormattableString[] parts) => svg.AppendJoin("", parts.Select(FormattableString.Invariant)).Append('\n');

        Line(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\" ",
            $"role=\"img\">"
        );
        Line($"<title>{SecurityElement.Escape(title)}</title>");
        Line($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>");
        Line($"<text x=\"{Left}\" y=\"22\" font-size=\"15\" font-weight=\"bold\">{SecurityElement.Escape(title)}</text>");
        foreach (var tick in times.Ticks)
        {
            Line(
                $"<line x1=\"{times.At(tick):0.0}\" y1=\"{Top}\" x2=\"{times.At(tick):0.0}\" y2=\"{Height - Bottom}\" ",
                $"stroke=\"#e5e5e5\"/><text x=\"{times.At(tick):0.0}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\" ",
                $"fill=\"#444\">{tick:0.##}</text>"
            );
        }

        foreach (var tick in accuracies.Ticks)
        {
            Line(
                $"<line x1=\"{Left}\" y1=\"{accuracies.At(tick):0.0}\" x2=\"{Width - Right}\" y2=\"{accuracies.At(tick):0.0}\" ",
                $"stroke=\"#e5e5e5\"/><text x=\"{Left - 8}\" y=\"{accuracies.At(tick) + 4:0.0}\" text-anchor=\"end\" fill=\"#444\">",
                $"{tick * 100:0.##} %</text>"
            );
        }

        Line(
            $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - Bottom + 34}\" text-anchor=\"middle\">milliseconds from file to ",
            $"answer, one picture at a time (median)</text>"
        );
        Line(
            $"<text x=\"18\" y=\"{(Top + Height - Bottom) / 2}\" text-anchor=\"middle\" transform=\"rotate(-90 18 ",
            $"{(Top + Height - Bottom) / 2})\">accuracy, with 95 % interval</text>"
        );
        Line($"<text x=\"{Left}\" y=\"{Height - 10}\" fill=\"#444\" font-size=\"11\">{SecurityElement.Escape(note)}</text>");
        var frontier = points
            .Where(point => point.DominatedBy is null)
            .OrderBy(point => point.Milliseconds)
            .ThenBy(point => point.Accuracy.Value);
        Line(
            $"<polyline fill=\"none\" stroke=\"#999\" stroke-width=\"1.5\" stroke-dasharray=\"5 4\" points=\"",
            $"{string.Join(' ', frontier.Select(point => string.Create(CultureInfo.InvariantCulture, $"{times.At(point.Milliseconds):0.0},{accuracies.At(point.Accuracy.Value):0.0}")))}\"/>"
        );
        foreach (var point in points)
        {
            var (x, y, colour) = (
                times.At(point.Milliseconds),
                accuracies.At(point.Accuracy.Value),
                Colours[encodings.IndexOf(point.Encoding) % Colours.Length]
            );
            Line(
                $"<g stroke=\"{colour}\" fill=\"{(point.DominatedBy is null ? colour : "#fff")}\"><title>{point.Name}: {point.Accuracy}, ",
                $"{point.Milliseconds:0.00} ms, {point.Bytes / 1e6:0.00} MB</title>"
            );
            if (point.Accuracy is { Low: { } low, High: { } high })
            {
                Line(
                    $"<line x1=\"{x:0.0}\" y1=\"{accuracies.At(low):0.0}\" x2=\"{x:0.0}\" y2=\"{accuracies.At(high):0.0}\" ",
                    $"stroke-opacity=\"0.45\"/>"
                );
            }

            Line(
                $"<circle cx=\"{x:0.0}\" cy=\"{y:0.0}\" r=\"5\" stroke-width=\"2\"/><text x=\"{x + 8:0.0}\" y=\"{y - 7:0.0}\" ",
                $"stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\" fill=\"{colour}\">{point.Side}</text></g>"
            );
        }

        foreach (var (index, encoding) in encodings.Index())
        {
            var x = Left + (index * 130);
            Line(
                $"<circle cx=\"{x + 6}\" cy=\"40\" r=\"5\" fill=\"{Colours[index % Colours.Length]}\"/><text x=\"{x + 17}\" y=\"44\">",
                $"{encoding}</text>"
            );
        }

        Line($"<text x=\"{Left + (encodings.Length * 130)}\" y=\"44\" fill=\"#444\">hollow: another is no worse in anything</text>");
        Line($"</svg>");
        return svg.ToString();
    }

    private static (Func<double, double> At, ImmutableArray<double> Ticks) Scale(double from, double to, double start, double end)
    {
        var step = Step(Math.Max(to - from, 1e-9) / Ticks);
        var (low, high) = (Math.Floor(from / step) * step, Math.Ceiling(to / step) * step);
        return (
            value => start + ((value - low) / (high - low) * (end - start)),
            [.. Enumerable.Range(0, (int)Math.Round((high - low) / step) + 1).Select(i => low + (i * step))]
        );
    }

    /// <summary>The next of 1, 2 and 5 times a power of ten.</summary>
    private static double Step(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power
            * (
                least <= power ? 1
                : least <= 2 * power ? 2
                : least <= 5 * power ? 5
                : 10
            );
    }
}
