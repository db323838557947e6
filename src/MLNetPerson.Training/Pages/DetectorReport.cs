using System.Collections.Immutable;
using System.Text.Json;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Detection;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Pages;

/// <summary>From the evaluation of a detector to what its report says.</summary>
public static class DetectorReport
{
    private const int MostPictures = 24;
    private const int Side = 300;
    private const int Quality = 75;
    private const double Overlap = 0.5;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Of an evaluation.</summary>
    /// <param name="evaluation">Of the package.</param>
    /// <param name="manifest">Of the package.</param>
    /// <param name="encoding">Which judged.</param>
    /// <param name="dataset">The pictures' name.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static Report Of(
        DetectorEvaluation evaluation,
        PackageManifest manifest,
        string encoding,
        string dataset,
        CancellationToken cancellation = default
    )
    {
        var numbers = evaluation.Report;
        List<(int Picture, FoundBox Box)> wrong = [];
        List<(int Picture, TruthBox Box)> missed = [];
        for (var i = 0; i < evaluation.Judged.Length; i++)
        {
            var judged = evaluation.Judged[i];
            List<FoundBox> found =
            [
                .. judged.Found.Where(box => box.Probability >= manifest.Threshold).OrderByDescending(box => box.Probability),
            ];
            var (outcomes, matched) = (new BoxOutcome[found.Count], new int[found.Count]);
            BoxMatching.Match(judged.Truth, found, Overlap, (0, double.MaxValue), outcomes, matched);
            wrong.AddRange(found.Where((_, k) => outcomes[k] == BoxOutcome.Wrong).Select(box => (i, box)));
            missed.AddRange(judged.Truth.Where((box, k) => box.Role == BoxRole.Person && !matched.Contains(k)).Select(box => (i, box)));
        }

        ReportPicture Picture(int index, double value) => Draw(evaluation, index, manifest.Threshold, value);
        return new Report
        {
            Title = $"{manifest.Name} on {dataset}",
            Lead = Facts.Text(
                $"Average precision at an overlap of 0.5 is {numbers.Ap50.Value:0.000} (95 % interval {numbers.Ap50.Interval.Low:0.000}–",
                $"{numbers.Ap50.Interval.High:0.000}). From the package’s threshold of {manifest.Threshold:0.000} on, {missed.Count:N0} ",
                $"of ",
                $"{numbers.Persons:N0} persons are missed and {wrong.Count:N0} boxes hold nobody."
            ),
            Detection = new ReportDetection(
                numbers,
                $"{dataset}, judged by {encoding}. Whether training saw them, the package cannot know",
                [
                    .. wrong
                        .OrderByDescending(pair => pair.Box.Probability)
                        .DistinctBy(pair => pair.Picture)
                        .Take(MostPictures)
                        .AsParallel()
                        .AsOrdered()
                        .WithCancellation(cancellation)
                        .Select(pair => Picture(pair.Picture, pair.Box.Probability)),
                ],
                wrong.Count,
                [
                    .. missed
                        .OrderByDescending(pair => pair.Box.Area)
                        .DistinctBy(pair => pair.Picture)
                        .Take(MostPictures)
                        .AsParallel()
                        .AsOrdered()
                        .WithCancellation(cancellation)
                        .Select(pair =>
                            Picture(
                                pair.Picture,
                                evaluation.Judged[pair.Picture].Found.Select(box => box.Probability).DefaultIfEmpty(0).Max()
                            )
                        ),
                ],
                missed.Count,
                manifest.Threshold
            ),
            Provenance =
            [
                new ReportFact("Judged", Facts.Text($"{numbers.Pictures:N0} pictures of {dataset}, by {encoding}")),
                new ReportFact(
                    "Speed",
                    Facts.Text($"{evaluation.PicturesPerSecond:0} pictures a second, from file to boxes, on all cores")
                ),
                new ReportFact("Package", manifest.Name),
                new ReportFact("Written by", manifest.CreatedBy),
                new ReportFact("Threshold", Facts.Text($"{manifest.Threshold:0.0000}, by the rule {manifest.ThresholdRule}")),
                new ReportFact(
                    "Suppression",
                    Facts.Text(
                        $"from an overlap of {manifest.Detection!.IouThreshold} on, boxes above ",
                        $"{manifest.Detection.ScoreThreshold:0.#####}, at ",
                        $"most {manifest.Detection.MostBoxes}: {manifest.Detection.Rule}"
                    )
                ),
                new ReportFact("Trained on", manifest.Dataset.Name),
                new ReportFact("Hash of the training pictures", manifest.Dataset.Sha256),
                new ReportFact("Backbone", $"{manifest.Backbone.Name} ({manifest.Backbone.Licence})"),
                .. Facts.OfMachine(),
            ],
            Recipe = manifest.Recipe.ToJsonString(Indented),
        };
    }

    /// <summary>A picture made small, with annotated boxes in blue and found ones in orange.</summary>
    private static ReportPicture Draw(DetectorEvaluation evaluation, int index, double threshold, double value)
    {
        var (picture, judged) = (evaluation.Pictures[index], evaluation.Judged[index]);
        try
        {
            var reader = new ImageReader();
            var bytes = reader.ReadBytes(picture.Sample.Path);
            var scale = Math.Min(1, (double)Side / Math.Max(picture.Width, picture.Height));
            var spec = new ImageSpec(Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)));
            var small = new RgbImage(spec.Width, spec.Height, new byte[spec.ByteCount]);
            reader.ReadResized(bytes, spec, small.Pixels, picture.Sample.File);
            foreach (var box in judged.Truth)
            {
                BoxOverlay.Box(small, box.Left * scale, box.Top * scale, box.Width * scale, box.Height * scale, BoxOverlay.Annotated);
            }

            foreach (var box in judged.Found.Where(box => box.Probability >= threshold))
            {
                BoxOverlay.Box(small, box.Left * scale, box.Top * scale, box.Width * scale, box.Height * scale, BoxOverlay.Found);
            }

            return new ReportPicture(picture.Sample.File, value, [.. ImageWriter.EncodeJpeg(small, Quality)], []);
        }
        catch (ImageException)
        {
            return new ReportPicture(picture.Sample.File, value, [], []);
        }
    }
}
