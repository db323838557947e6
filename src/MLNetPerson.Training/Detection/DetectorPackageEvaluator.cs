using System.Collections.Immutable;
using System.Diagnostics;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Evaluation;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Detection;

/// <summary>How a detector's package did on pictures with boxes.</summary>
/// <param name="Report">All metrics.</param>
/// <param name="Pictures">Those that were judged.</param>
/// <param name="Judged">Annotated and found boxes of each.</param>
/// <param name="Skipped">Pictures that could not be used.</param>
/// <param name="LeftOut">Pictures with a person by their label but no box.</param>
/// <param name="PicturesPerSecond">From file to boxes, on all cores.</param>
public sealed record DetectorEvaluation(
    DetectionReport Report,
    ImmutableArray<BoxedPicture> Pictures,
    ImmutableArray<JudgedBoxes> Judged,
    ImmutableArray<SkippedSample> Skipped,
    ImmutableArray<Sample> LeftOut,
    double PicturesPerSecond
);

/// <summary>Measures a detector's package on pictures with boxes.</summary>
public static class DetectorPackageEvaluator
{
    /// <summary>Finds persons in every picture and compares them with the annotated boxes.</summary>
    /// <param name="package">A detector's.</param>
    /// <param name="encoding">Which of its models.</param>
    /// <param name="dataset">With boxes.</param>
    /// <param name="options">What is measured.</param>
    /// <param name="limits">What a picture may ask for; null for the default.</param>
    /// <param name="maxBad">More unusable pictures than this end the run.</param>
    /// <param name="progress">Told after each picture.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <exception cref="FeatureException">No picture, or fewer than <paramref name="maxBad"/> allows, could be used.</exception>
    public static DetectorEvaluation Evaluate(
        ModelPackage package,
        PackageEncoding encoding,
        BoxedDataset dataset,
        DetectionOptions? options = null,
        ImageLimits? limits = null,
        int maxBad = int.MaxValue,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var detection = package.Manifest.Detection!;
        var suppression = new SuppressionOptions(
            detection.IouThreshold,
            Math.Max(detection.ScoreThreshold, Candidates.Floor),
            detection.MostBoxes
        );
        return Evaluate(
            package.ReadBytes(encoding.File),
            package.Manifest.Input.ToSpec(),
            suppression,
            dataset,
            options ?? new DetectionOptions(),
            limits ?? new ImageLimits(),
            maxBad,
            progress,
            cancellation
        );
    }

    internal static DetectorEvaluation Evaluate(
        byte[] model,
        ImageSpec input,
        SuppressionOptions suppression,
        BoxedDataset dataset,
        DetectionOptions options,
        ImageLimits limits,
        int maxBad,
        IProgress<FeatureProgress>? progress,
        CancellationToken cancellation
    )
    {
        List<SkippedSample> skipped = [];
        var watch = Stopwatch.StartNew();
        var candidates = Candidates.Ask(model, input, dataset.Pictures, limits, skipped, progress, cancellation);
        var judged = Candidates.Judge(candidates, dataset.Pictures, input, suppression);
        var seconds = watch.Elapsed.TotalSeconds;
        CheckBad(skipped, dataset.Pictures.Length, maxBad);
        return new DetectorEvaluation(
            DetectionEvaluator.Evaluate(judged, options),
            [.. dataset.Pictures.Where((_, i) => candidates[i] is not null)],
            [.. judged],
            [.. skipped],
            dataset.LeftOut,
            judged.Count / Math.Max(1e-9, seconds)
        );
    }

    /// <exception cref="FeatureException">Too many pictures, or all, are unusable.</exception>
    internal static void CheckBad(List<SkippedSample> skipped, int pictures, int maxBad)
    {
        if (skipped.Count > maxBad)
        {
            throw new FeatureException(
                $"{skipped.Count} pictures could not be used, {maxBad} is the limit that was given. '{skipped[0].Sample.File}': "
                    + $"{skipped[0].Reason}"
            );
        }

        if (skipped.Count == pictures)
        {
            throw new FeatureException($"None of the {pictures} pictures could be used. '{skipped[0].Sample.File}': {skipped[0].Reason}");
        }
    }
}
