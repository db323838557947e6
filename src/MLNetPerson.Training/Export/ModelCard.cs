using System.Text;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Export;

/// <summary>Writes a package's <c>card.md</c>: what the model is, how it does, and where it must not be used.</summary>
internal static class ModelCard
{
    public const string File = "card.md";

    public static string Write(PackageManifest manifest, long modelBytes)
    {
        var text = new StringBuilder();
        void Line(params FormattableString[] parts) => text.AppendJoin("", parts.Select(FormattableString.Invariant)).Append('\n');

        Line($"# {manifest.Name}");
        Line($"");
        Line(
            $"Answers one question about a picture: is there a person in it? Written by {manifest.CreatedBy}; trainer {manifest.Trainer}, ",
            $"seed {manifest.Seed}."
        );
        Line($"");
        Line($"## Use");
        Line($"");
        Line(
            $"Input `{manifest.Input.Tensor}`: {manifest.Input.Type} [N, {manifest.Input.Height}, {manifest.Input.Width}, 3], ",
            $"{manifest.Input.Channels}, 0 to 255, upright, resized by *{Lower(manifest.Input.Resize.ToString())}*; normalisation is ",
            $"inside."
        );
        Line(
            $"Output `{manifest.Output.Tensor}`: the probability of a person. A person is reported from {manifest.Threshold:0.0000} on ",
            $"(rule: {manifest.ThresholdRule})."
        );
        Line($"The pictures in `golden/` and their probabilities in `manifest.json` check any implementation.");
        Line($"");
        Line($"## How it does");
        Line($"");
        Line($"Measured on {manifest.Metrics.Samples} pictures, {Explain(manifest.Metrics.Source)}. In brackets 95 % intervals.");
        Line($"");
        Line($"| Metric | Value |");
        Line($"|---|---|");
        foreach (var (name, metric) in manifest.Metrics.Values)
        {
            Line($"| {name} | {metric} |");
        }

        Line($"");
        Line(
            $"Cost: {manifest.Backbone.Macs / 1e6:0} million multiply-accumulates a picture, {manifest.Backbone.Parameters / 1e6:0.00} ",
            $"million parameters, {modelBytes / 1e6:0.0} MB as float32."
        );
        if (manifest.Budget is { } budget)
        {
            Line(
                $"Size chosen for a budget of {budget.Milliseconds} ms ({budget.Basis}: {budget.What}) as {budget.Encoding} on ",
                $"{budget.Machine}, out of {string.Join(", ", budget.Trials.Select(trial => trial.Side))}: the most accurate that ",
                $"fits. Another machine's times are others."
            );
        }

        if (manifest.Encodings.Select(EncodingReport.Of).OfType<EncodingReport>().ToList() is [_, ..] reports)
        {
            WriteEncodings(Line, manifest, reports);
        }

        Line($"");
        Line($"## Trained on");
        Line($"");
        Line(
            $"{manifest.Dataset.Name}: {manifest.Dataset.Samples} pictures, {manifest.Dataset.Persons} of them with a person; ",
            $"{manifest.Dataset.Skipped} could not be used. Hash {manifest.Dataset.Sha256}."
        );
        if (manifest.Dataset.Terms is { } terms)
        {
            Line($"Sources and terms of the pictures: {terms}");
        }

        Line($"Backbone {manifest.Backbone.Name} ({manifest.Backbone.Licence}): {manifest.Backbone.Origin}.");
        Line($"");
        Line($"## Limits");
        Line($"");
        Line($"- It says whether a person is in the picture; it does not say who, how many, where, or what they do.");
        Line(
            $"- Pictures unlike those it was trained on (other cameras, night, fisheye, very small or hidden people) fail more often than ",
            $"the table says. Measure on your own before relying on it."
        );
        Line(
            $"- It is not for decisions about people, for safety functions on which a life depends, or for watching people who do not ",
            $"know of it."
        );
        Line($"- Error rates can differ between groups of people; `evaluate` measures them where your data say who is in the picture.");
        return text.ToString();
    }

    private static void WriteEncodings(LineWriter line, PackageManifest manifest, List<EncodingReport> reports)
    {
        var first = reports[0];
        line($"");
        line($"## Encodings");
        line($"");
        var use =
            first.Source == EncodingReport.HeldOut
                ? "never trained or calibrated on"
                : "not calibrated on, but perhaps trained on: accuracies flatter then, differences do not";
        line(
            $"The same function in other numbers, compared with float on the same pictures ({use}). p: McNemar's exact test. Speed: ",
            $"times float's, the model alone, one thread, on {first.Machine}."
        );
        line($"");
        line($"| Encoding | Input | MB | Accuracy | Points | p | ROC AUC | Speed |");
        line($"|---|---|---|---|---|---|---|---|");
        var size = $"{manifest.Input.Width} × {manifest.Input.Height}";
        line(
            $"| {PackageEncoding.Float32} | {size} | {first.FloatBytes / 1e6:0.00} | {first.FloatAccuracy} | | | {first.FloatRocAuc} | 1 |"
        );
        foreach (var report in reports)
        {
            line(
                $"| {report.Encoding} | {size} | {report.Bytes / 1e6:0.00} | {report.Accuracy} | {report.Points:+0.00;-0.00;0.00} | ",
                $"{report.PValue:0.00} | {report.RocAuc} | {report.Latency[0].Speed:0.00} |"
            );
        }
    }

    private static string Explain(string source) =>
        source switch
        {
            "held-out" => "which training never saw",
            _ => "each judged by a head that was fitted without it (cross-validation)",
        };

    private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private delegate void LineWriter(params FormattableString[] parts);
}
