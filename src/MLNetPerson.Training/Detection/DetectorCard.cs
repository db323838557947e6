using System.Text;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Detection;

/// <summary>Writes a detector package's <c>card.md</c>: what the model is, how it does, and where it must not be used.</summary>
internal static class DetectorCard
{
    public static string Write(PackageManifest manifest, long modelBytes)
    {
        var text = new StringBuilder();
        void Line(params FormattableString[] parts) => text.AppendJoin("", parts.Select(FormattableString.Invariant)).Append('\n');

        var detection = manifest.Detection!;
        Line($"# {manifest.Name}");
        Line($"");
        Line(
            $"Says where persons are in a picture: a box and a probability for each. Written by {manifest.CreatedBy}; trainer ",
            $"{manifest.Trainer}, seed {manifest.Seed}."
        );
        Line($"");
        Line($"## Use");
        Line($"");
        Line(
            $"Input `{manifest.Input.Tensor}`: {manifest.Input.Type} [N, {manifest.Input.Height}, {manifest.Input.Width}, 3], ",
            $"{manifest.Input.Channels}, 0 to 255, upright; normalisation is inside."
        );
        Line(
            $"Outputs `{detection.Boxes}` and `{detection.Probabilities}`: {detection.Candidates} boxes before suppression. With ",
            $"`{detection.Suppression}` behind a model file's bytes also `{manifest.Output.Tensor}`: the boxes that stay."
        );
        Line(
            $"A box goes away where it overlaps a more probable one by more than {detection.IouThreshold} (intersection over union); ",
            $"boxes ",
            $"of {detection.ScoreThreshold:0.######} or less go first; at most {detection.MostBoxes} stay. Rule: {detection.Rule}."
        );
        Line($"A person is reported from a probability of {manifest.Threshold:0.0000} on (rule: {manifest.ThresholdRule}).");
        Line($"");
        Line($"## How it does");
        Line($"");
        Line($"Measured on {manifest.Metrics.Samples} pictures ({manifest.Metrics.Source}). In brackets 95 % intervals.");
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
        var reports = manifest.Encodings.Select(DetectorEncodingReport.Of).OfType<DetectorEncodingReport>().ToList();
        if (reports.Count > 0)
        {
            Line($"");
            Line($"## Encodings");
            Line($"");
            Line(
                $"The same function in other numbers, compared with float on the same pictures. Speed: times float's, the model with its "
            );
            Line($"suppression, one thread, on {reports[0].Machine}.");
            Line($"");
            Line($"| Encoding | MB | AP50 | Points of AP50 | Speed |");
            Line($"|---|---|---|---|---|");
            Line($"| float32 | {reports[0].FloatBytes / 1e6:0.00} | {reports[0].FloatAp50:0.0000} | | 1 |");
            foreach (var report in reports)
            {
                Line(
                    $"| {report.Encoding} | {report.Bytes / 1e6:0.00} | {report.Ap50:0.0000} | {report.Points:+0.00;-0.00;0.00} | ",
                    $"{(report.Latency.IsEmpty ? 0 : report.Latency[0].Speed):0.00} |"
                );
            }
        }

        Line($"");
        Line($"## Trained on");
        Line($"");
        Line($"{manifest.Dataset.Name}: {manifest.Dataset.Samples} pictures, {manifest.Dataset.Persons} of them with a person.");
        Line($"Backbone {manifest.Backbone.Name} ({manifest.Backbone.Licence}): {manifest.Backbone.Origin}.");
        Line($"");
        Line($"## Limits");
        Line($"");
        Line($"- It says where persons seem to be; it does not say who they are or what they do.");
        Line(
            $"- Small persons are missed: below 32 x 32 pixels of the picture most of them (apSmall). Persons in a crowd may share a box."
        );
        Line($"- Pictures unlike those it was measured on fail more often than the table says. Measure on your own before relying on it.");
        Line(
            $"- It is not for decisions about people, for safety functions on which a life depends, or for watching people who do not ",
            $"know of it."
        );
        return text.ToString();
    }
}
