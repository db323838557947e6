using System.Collections.Immutable;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;

namespace MLNetPerson.Training.Reports;

/// <summary>The same function in other numbers: what is smaller, faster, and what it costs.</summary>
internal static class EncodingsSection
{
    /// <summary>Of each kind; there are five encodings, so more are a mistake of somebody's.</summary>
    public const int Most = 20;

    private static readonly ImmutableArray<string> Names =
    [
        "MB",
        "Accuracy",
        "Points against float32",
        "Answers lost / won",
        "p (McNemar)",
        "ROC AUC",
        "Median ms, 1 thread",
        "Speed",
    ];

    public static HtmlBuilder? Of(ImmutableArray<EncodingReport> encodings, ImmutableArray<RefusedEncoding> refused)
    {
        if (encodings.IsEmpty && refused.IsEmpty)
        {
            return null;
        }

        var html = new HtmlBuilder();
        if (!encodings.IsEmpty)
        {
            Table(html, encodings);
            html.Add(
                $"<div class=\"charts two\"><figure class=\"panel\"><h3>Size and speed</h3><div class=\"canvas\"><canvas id=\"sizes\" ",
                $"role=\"img\" aria-label=\"Size and speed of each encoding; the table has the numbers.\"></canvas></div>"
            );
            html.Add(
                $"<figcaption>Megabytes, and how many times as fast as float32 on one thread here. Further right is faster, further down ",
                $"is smaller.</figcaption></figure><div class=\"panel\"><h3>What was done for accuracy</h3>"
            );
            foreach (var encoding in encodings.Take(Most))
            {
                html.Add(
                    $"<p><b>{Clip.Text(encoding.Encoding, 40)}</b>: ",
                    $"{(encoding.Recovery.IsEmpty ? "nothing was needed" : Clip.Text(string.Join("; ", encoding.Recovery), 500))}. ",
                    $"Probabilities differ from float32 by {encoding.MeanProbabilityDifference:0.0000} on average, ",
                    $"{encoding.LargestProbabilityDifference:0.0000} at most.</p>"
                );
            }

            html.Add($"</div></div>");
        }

        foreach (var one in refused.Take(Most))
        {
            html.Add($"<p class=\"alert\"><b>{Clip.Text(one.Encoding, 40)} was refused.</b> {Clip.Text(one.Reason, 600)}</p>");
        }

        return html;
    }

    private static void Table(HtmlBuilder html, ImmutableArray<EncodingReport> encodings)
    {
        var first = encodings[0];
        html.Add(
            $"<p>Measured on {first.Samples:N0} pictures (",
            $"{(first.Source == EncodingReport.HeldOut ? "neither trained nor calibrated on" : "not calibrated on, though the model may have been trained on them: accuracies flatter then, differences do not")}), times for the model alone.</p>"
        );
        html.Add(
            $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of encodings\"><table class=\"stack\"><thead><tr><th ",
            $"scope=\"col\">Encoding</th>"
        );
        foreach (var name in Names)
        {
            html.Add($"<th scope=\"col\">{name}</th>");
        }

        html.Add($"</tr></thead><tbody>");
        Row(
            html,
            PackageEncoding.Float32,
            Text($"{first.FloatBytes / 1e6:0.00}"),
            Share(first.FloatAccuracy),
            "–",
            "–",
            "–",
            Number(first.FloatRocAuc),
            Text($"{Latency(first)?.FloatP50:0.00}"),
            "1.00 ×"
        );
        foreach (var encoding in encodings.Take(Most))
        {
            Row(
                html,
                Clip.Text(encoding.Encoding, 40),
                Text($"{encoding.Bytes / 1e6:0.00}"),
                Share(encoding.Accuracy),
                Text($"{encoding.Points:+0.00;−0.00;0.00}"),
                Text($"{encoding.Lost} / {encoding.Gained}"),
                Text($"{encoding.PValue:0.00}"),
                Number(encoding.RocAuc),
                Text($"{Latency(encoding)?.P50:0.00}"),
                Text($"{Latency(encoding)?.Speed:0.00} ×")
            );
        }

        html.Add($"</tbody></table></div>");
    }

    private static void Row(HtmlBuilder html, string encoding, params ReadOnlySpan<string> cells)
    {
        html.Add($"<tr><th scope=\"row\">{encoding}</th>");
        for (var i = 0; i < cells.Length; i++)
        {
            html.Add($"<td data-name=\"{Names[i]}\">{cells[i]}</td>");
        }

        html.Add($"</tr>");
    }

    private static string Text(params FormattableString[] parts) => Facts.Text(parts);

    private static LatencyReport? Latency(EncodingReport encoding) => encoding.Latency.IsEmpty ? null : encoding.Latency[0];

    private static string Share(PackageMetric metric) =>
        metric is { Low: { } low, High: { } high }
            ? Percent.Of(new Evaluation.Estimate(metric.Value, new Evaluation.Interval(low, high)))
            : Percent.Of(metric.Value);

    private static string Number(PackageMetric? metric) =>
        metric is null ? "–" : metric.Value.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture);
}
