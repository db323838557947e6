using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Packaging;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Detection;

/// <summary>Searches a finished package's thresholds of suppression on pictures with boxes and keeps the best pair in it. No model file is
/// touched.</summary>
public static class DetectorTuner
{
    /// <summary>Searches, and writes the package with the best pair.</summary>
    /// <param name="package">A detector's.</param>
    /// <param name="dataset">Pictures with boxes; best those that the package was not fitted on.</param>
    /// <param name="options">Which thresholds, by which measure.</param>
    /// <param name="limits">What a picture may ask for; null for the default.</param>
    /// <param name="maxBad">More unusable pictures than this end the run.</param>
    /// <param name="progress">Told after each picture.</param>
    /// <param name="cancellation">Ends the work; the package stays as it was.</param>
    /// <exception cref="DetectionException">An option is out of range.</exception>
    /// <exception cref="FeatureException">Too many pictures are unusable.</exception>
    /// <exception cref="ExportException">The package as it would be written is faulty; it stays as it was.</exception>
    public static SuppressionFrontier Tune(
        ModelPackage package,
        BoxedDataset dataset,
        SuppressionSearchOptions options,
        ImageLimits? limits = null,
        int maxBad = int.MaxValue,
        IProgress<FeatureProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (options.Fault() is { } fault)
        {
            throw new DetectionException($"Options of the search have a fault: {fault}.");
        }

        var (manifest, input) = (package.Manifest, package.Manifest.Input.ToSpec());
        List<SkippedSample> skipped = [];
        var candidates = Candidates.Ask(
            package.ReadBytes(manifest.Encodings[0].File),
            input,
            dataset.Pictures,
            limits ?? new ImageLimits(),
            skipped,
            progress,
            cancellation
        );
        DetectorPackageEvaluator.CheckBad(skipped, dataset.Pictures.Length, maxBad);
        var frontier = SuppressionSearch.Run(candidates, dataset.Pictures, input, options, cancellation);
        var rule = string.Create(
            CultureInfo.InvariantCulture,
            $"best {frontier.Measure} of {frontier.Points.Length} pairs on {frontier.Pictures} pictures of {dataset.Name}"
        );
        DetectorFiles.Write(
            package.Folder,
            manifest with
            {
                Detection = manifest.Detection! with
                {
                    IouThreshold = frontier.Chosen.IouThreshold,
                    ScoreThreshold = frontier.Chosen.ScoreThreshold,
                    MostBoxes = options.MostBoxes,
                    Rule = rule,
                },
            },
            DetectorFiles.Kept(package)
        );
        return frontier;
    }
}
