using MLNetPerson.Images;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Curation.Checks;
using MLNetPerson.Training.Curation.Neighbours;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Curation;

/// <summary>Runs all checks over a dataset. Changes nothing.</summary>
public static class DatasetChecker
{
    /// <summary>Runs the checks.</summary>
    /// <param name="dataset">What is checked.</param>
    /// <param name="pictures">Those that could be read, in the dataset's order.</param>
    /// <param name="unreadable">Those that could not.</param>
    /// <param name="features">Of <paramref name="pictures"/>, in the same order.</param>
    /// <param name="blocks">The features' blocks.</param>
    /// <param name="options">When a check speaks up.</param>
    /// <param name="heads">How the heads behind the check of labels are fitted.</param>
    /// <param name="progress">Told before each step.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">Features and pictures differ in number.</exception>
    public static CurationReport Check(
        Dataset dataset,
        IReadOnlyList<CuratedPicture> pictures,
        IReadOnlyList<(Sample Sample, ImageException Error)> unreadable,
        FeatureTable features,
        IReadOnlyList<FeatureBlock> blocks,
        CurationOptions options,
        HeadOptions heads,
        IProgress<string>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (features.Rows != pictures.Count)
        {
            throw new ArgumentException($"{features.Rows} rows of features do not belong to {pictures.Count} pictures.", nameof(features));
        }

        progress?.Report("looking for copies");
        var pairs = CopyFinder.Find([.. pictures.Select(picture => picture.Measures)], features, options, cancellation);
        List<CheckResult> checks =
        [
            UnreadableCheck.Run(unreadable, pictures),
            CopyChecks.Exact(pictures, pairs),
            CopyChecks.Near(pictures, pairs),
            CopyChecks.Conflicts(pictures, pairs),
            CopyChecks.Leaks(pictures, pairs),
        ];
        checks.Add(Labels(pictures, pairs, features, blocks, heads, progress, cancellation));
        progress?.Report("looking at pictures, balance and attributes");
        checks.AddRange([
            SmallPersonCheck.Run(pictures, options),
            OddCheck.Run(pictures, options),
            BalanceCheck.Run(pictures, options),
            ShortcutCheck.Run(pictures, options),
        ]);
        return new CurationReport(dataset.Name, dataset.Samples.Length, [.. checks]);
    }

    private static CheckResult Labels(
        IReadOnlyList<CuratedPicture> pictures,
        List<CopyPair> pairs,
        FeatureTable features,
        IReadOnlyList<FeatureBlock> blocks,
        HeadOptions heads,
        IProgress<string>? progress,
        CancellationToken cancellation
    )
    {
        // Copies in one fold: a wrong label's copy would vouch for it otherwise.
        var families = Families.Of(pictures, pairs);
        Sample[] samples = [.. pictures.Select((picture, index) => picture.Sample with { Group = families.NameOf(index) })];
        progress?.Report("judging labels out of fold");
        try
        {
            var (probabilities, doubtful) = OutOfFold.Run(samples, features, blocks, heads, null, cancellation);
            return LabelNoiseCheck.Run(pictures, probabilities, doubtful);
        }
        catch (HeadException exception)
        {
            return new CheckResult("label noise", $"not run: {exception.Message}", []);
        }
    }
}
