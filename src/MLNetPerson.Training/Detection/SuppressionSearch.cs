using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using MLNetPerson.Images;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.Training.Detection;

/// <summary>What a search for thresholds makes as good as it can.</summary>
public enum DetectionMeasure
{
    /// <summary>Average precision at an overlap of 0.5.</summary>
    Ap50,

    /// <summary>COCO's average precision, the mean over overlaps from 0.5 to 0.95.</summary>
    Ap,

    /// <summary>Persons found at the chosen rate of false boxes per picture.</summary>
    Recall,

    /// <summary>Log-average miss rate; lower is better.</summary>
    MissRate,
}

/// <summary>Which thresholds are tried.</summary>
public sealed record SuppressionSearchOptions
{
    /// <summary>What is made as good as it can be.</summary>
    public DetectionMeasure Measure { get; init; } = DetectionMeasure.Ap50;

    /// <summary>Overlaps from which on a box is suppressed. Each within 0 to 1.</summary>
    public ImmutableArray<double> IouThresholds { get; init; } = [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8];

    /// <summary>Probabilities below which boxes go first. Each within 0.001 to 1.</summary>
    public ImmutableArray<double> ScoreThresholds { get; init; } = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5];

    /// <summary>How much worse than the best a pair of thresholds may be that leaves fewer boxes. Range [0, 1].</summary>
    public double Tolerance { get; init; } = 0.0005;

    /// <summary>False boxes per picture for <see cref="DetectionMeasure.Recall"/>. Range (0, ∞).</summary>
    public double FalsePerPicture { get; init; } = 0.1;

    /// <summary>Boxes that stay of a picture at most. Range [1, ∞).</summary>
    public int MostBoxes { get; init; } = 100;

    /// <summary>All that is wrong with the values, in one text, or null.</summary>
    public string? Fault()
    {
        List<string> faults = [];
        if (IouThresholds.IsDefaultOrEmpty || IouThresholds.Any(value => value is not (>= 0 and <= 1)))
        {
            faults.Add("IoU thresholds must be given, each within 0 to 1");
        }

        if (ScoreThresholds.IsDefaultOrEmpty || ScoreThresholds.Any(value => value is not (>= Candidates.Floor - 1e-9 and <= 1)))
        {
            faults.Add(FormattableString.Invariant($"score thresholds must be given, each within {Candidates.Floor} to 1"));
        }

        if (Tolerance is not (>= 0 and <= 1))
        {
            faults.Add(FormattableString.Invariant($"a tolerance of {Tolerance} is outside 0 to 1"));
        }

        if (!(FalsePerPicture > 0) || MostBoxes < 1)
        {
            faults.Add(FormattableString.Invariant($"{FalsePerPicture} false boxes and {MostBoxes} boxes at most must be above 0"));
        }

        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}

/// <summary>One pair of thresholds that was tried.</summary>
/// <param name="IouThreshold">Overlap from which on a box is suppressed.</param>
/// <param name="ScoreThreshold">Probability below which a box goes first.</param>
/// <param name="Value">What was measured, higher is better but for the miss rate.</param>
/// <param name="Candidates">Boxes of a picture that suppression has to compare, on average.</param>
/// <param name="Boxes">Boxes of a picture that stay, on average.</param>
/// <param name="Microseconds">Time of suppression for a picture in C#, on average; another machine's is another.</param>
/// <param name="IsOnFrontier">Whether no other pair is better and leaves fewer boxes to compare.</param>
/// <param name="IsChosen">Whether this pair is kept.</param>
public sealed record SuppressionPoint(
    double IouThreshold,
    double ScoreThreshold,
    double Value,
    double Candidates,
    double Boxes,
    double Microseconds,
    bool IsOnFrontier,
    bool IsChosen
);

/// <summary>What a search for thresholds found.</summary>
/// <param name="Measure">What was made as good as it can be.</param>
/// <param name="Points">All pairs that were tried.</param>
/// <param name="Pictures">On which.</param>
public sealed record SuppressionFrontier(DetectionMeasure Measure, ImmutableArray<SuppressionPoint> Points, int Pictures)
{
    /// <summary>The pair that is kept.</summary>
    public SuppressionPoint Chosen => Points.First(point => point.IsChosen);

    /// <summary>All pairs as a CSV.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder(
            "iouThreshold,scoreThreshold,measure,value,candidatesPerPicture,boxesPerPicture,microseconds,onFrontier,chosen\n"
        );
        foreach (var point in Points)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{point.IouThreshold},{point.ScoreThreshold},{Measure},{point.Value:0.0000},{point.Candidates:0.0},{point.Boxes:0.00},"
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"{point.Microseconds:0.0},{(point.IsOnFrontier ? 1 : 0)},{(point.IsChosen ? 1 : 0)}\n"
            );
        }

        return text.ToString();
    }
}

/// <summary>Tries thresholds of suppression on pictures with boxes and keeps the best pair.</summary>
internal static class SuppressionSearch
{
    /// <summary>Searches.</summary>
    /// <param name="candidates">Of each picture before suppression; null for pictures that cannot be used.</param>
    /// <param name="pictures">With annotated boxes.</param>
    /// <param name="input">What the model takes.</param>
    /// <param name="options">Which thresholds, by which measure.</param>
    /// <param name="cancellation">Ends the work between two pairs.</param>
    public static SuppressionFrontier Run(
        IReadOnlyList<PictureCandidates?> candidates,
        IReadOnlyList<BoxedPicture> pictures,
        ImageSpec input,
        SuppressionSearchOptions options,
        CancellationToken cancellation = default
    )
    {
        if (options.Fault() is { } fault)
        {
            throw new DetectionException($"Options of the search have a fault: {fault}.");
        }

        var points = new List<SuppressionPoint>();
        foreach (var score in options.ScoreThresholds)
        {
            foreach (var iou in options.IouThresholds)
            {
                cancellation.ThrowIfCancellationRequested();
                var judged = Candidates.Judge(candidates, pictures, input, new SuppressionOptions(iou, score, options.MostBoxes));
                points.Add(
                    new SuppressionPoint(
                        iou,
                        score,
                        Measure(judged, options),
                        candidates.OfType<PictureCandidates>().Average(one => one.Probabilities.Count(p => p > score)),
                        judged.Average(one => one.Found.Length),
                        Time(candidates, iou, score, options.MostBoxes),
                        false,
                        false
                    )
                );
            }
        }

        // Higher is better from here on.
        double Good(SuppressionPoint point) => options.Measure == DetectionMeasure.MissRate ? -point.Value : point.Value;
        var best = points.Max(Good);
        var chosen = points
            .Where(point => Good(point) >= best - options.Tolerance)
            .OrderByDescending(point => point.ScoreThreshold)
            .ThenByDescending(Good)
            .First();
        return new SuppressionFrontier(
            options.Measure,
            [
                .. points.Select(point =>
                    point with
                    {
                        IsOnFrontier = !points.Any(other =>
                            Good(other) >= Good(point)
                            && other.Candidates <= point.Candidates
                            && (Good(other) > Good(point) || other.Candidates < point.Candidates)
                        ),
                        IsChosen = ReferenceEquals(point, chosen),
                    }
                ),
            ],
            candidates.Count(one => one is not null)
        );
    }

    private static double Measure(List<JudgedBoxes> judged, SuppressionSearchOptions options)
    {
        if (options.Measure == DetectionMeasure.Ap50)
        {
            return DetectionEvaluator.Ap50(judged, options.MostBoxes);
        }

        var report = DetectionEvaluator.Evaluate(
            judged,
            new DetectionOptions
            {
                Draws = 0,
                FalsePerPicture = options.FalsePerPicture,
                MostBoxes = options.MostBoxes,
            }
        );
        return options.Measure switch
        {
            DetectionMeasure.Ap => report.Ap.Value,
            DetectionMeasure.Recall => report.Recall.Value,
            _ => report.LogAverageMissRate.Value,
        };
    }

    /// <summary>On up to 100 pictures, one after another.</summary>
    private static double Time(IReadOnlyList<PictureCandidates?> candidates, double iou, double score, int most)
    {
        PictureCandidates[] timed = [.. candidates.OfType<PictureCandidates>().Take(100)];
        var watch = Stopwatch.StartNew();
        foreach (var one in timed)
        {
            NonMaximumSuppression.Select(one.Boxes, one.Probabilities, (float)iou, (float)score, most);
        }

        return watch.Elapsed.TotalMicroseconds / Math.Max(1, timed.Length);
    }
}
