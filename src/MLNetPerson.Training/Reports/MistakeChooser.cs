using System.Collections.Immutable;
using MLNetPerson.Prediction;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Training.Reports;

/// <summary>The wrong answers that were given with the most certainty.</summary>
internal static class MistakeChooser
{
    /// <summary>Of each kind. A reader looks at a dozen.</summary>
    private const int Shown = 12;

    /// <param name="samples">Those that were judged.</param>
    /// <param name="probabilities">Of each.</param>
    /// <param name="threshold">From which on the answer is "person".</param>
    /// <param name="package">Whose float model is explained.</param>
    /// <param name="about">How the answers came about, for a reader.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    public static ReportMistakes Choose(
        ImmutableArray<Sample> samples,
        ImmutableArray<double> probabilities,
        double threshold,
        string package,
        string about,
        CancellationToken cancellation
    )
    {
        using var classifier = PersonClassifier.Load(package, Packaging.PackageEncoding.Float32);
        var thumbnail = new Thumbnail(classifier);
        var wrong = Enumerable.Range(0, samples.Length).Where(i => probabilities[i] >= threshold != samples[i].IsPerson).ToList();
        List<int> missed = [.. wrong.Where(i => samples[i].IsPerson).OrderBy(i => probabilities[i])];
        List<int> alarms = [.. wrong.Where(i => !samples[i].IsPerson).OrderByDescending(i => probabilities[i])];
        return new ReportMistakes(
            Pictures(missed),
            missed.Count,
            Pictures(alarms),
            alarms.Count,
            classifier.Package.Manifest.Explanation is null
                ? $"{about} The package was written without activation maps, so there are no heat maps: write it again with 'retrain'."
                : about
        );

        ImmutableArray<ReportPicture> Pictures(List<int> indices) =>
            [
                .. indices
                    .Take(Shown)
                    .AsParallel()
                    .AsOrdered()
                    .WithCancellation(cancellation)
                    .Select(i => thumbnail.Of(samples[i].File, samples[i].Path, probabilities[i])),
            ];
    }
}
