using System.Text.Json;
using MLNetPerson.Files;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Curation.ActiveLearning;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Retraining;

/// <summary>Active learning: which unlabelled pictures to label next, by what a package is unsure of.</summary>
public static class NextPictures
{
    /// <summary>Chooses pictures.</summary>
    /// <param name="folder">Unlabelled pictures, in and below it.</param>
    /// <param name="classifier">An open package.</param>
    /// <param name="count">How many, at most. Range [1, ∞).</param>
    /// <param name="labelled">What is labelled already: its pictures are not chosen, and keep their like from being. Null for
    /// nothing.</param>
    /// <param name="features">How features are extracted.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>In the order in which they were chosen, and those that could not be read.</returns>
    /// <exception cref="DatasetException">There is no picture, or none that is not labelled.</exception>
    /// <exception cref="RecipeException">The package's recipe cannot be read.</exception>
    public static async Task<(IReadOnlyList<NextPicture> Chosen, IReadOnlyList<SkippedSample> Skipped)> ChooseAsync(
        string folder,
        PersonClassifier classifier,
        int count,
        Dataset? labelled = null,
        FeatureOptions? features = null,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"There is no folder '{folder}' with unlabelled pictures.");
        }

        var known = (labelled?.Samples ?? [])
            .Where(sample => FilePart.Exists(sample.Path))
            .Select(sample => Sha256Text.OfFile(sample.Path))
            .ToHashSet(StringComparer.Ordinal);
        Sample[] all =
        [
            .. PictureEndings
                .Files(new DirectoryInfo(folder))
                .Select(file => new Sample
                {
                    File = Path.GetRelativePath(folder, file.FullName).Replace('\\', '/'),
                    Path = file.FullName,
                    IsPerson = false,
                }),
        ];
        Sample[] samples = [.. all.Where(sample => known.Count == 0 || !known.Contains(Sha256Text.OfFile(sample.Path)))];
        if (samples.Length == 0)
        {
            throw new DatasetException(
                all.Length == 0
                    ? $"There is no picture in or below '{folder}' (by the endings {PictureEndings.Text})."
                    : $"All {all.Length} pictures in and below '{folder}' are labelled already."
            );
        }

        var recipe = ReadRecipe(classifier);
        var network = await FeatureNetworkBuilder.BuildAsync(
            BackboneCatalog.Open(recipe.Backbone),
            recipe.Input,
            recipe.Features,
            cancellation
        );
        var extractor = new FeatureExtractor(network, (features ?? new FeatureOptions()) with { MaxBad = int.MaxValue });
        var set = extractor.Extract(
            [.. samples, .. labelled?.Samples ?? []],
            progress.Relayed<FeatureProgress>(done => new RetrainProgress("features of the pictures", done)),
            cancellation
        );
        var own = samples.ToHashSet<Sample>(ReferenceEqualityComparer.Instance);
        FeatureSet unlabelled = set with { Samples = [.. set.Samples.Where(sample => own.Contains(sample))] };

        progress?.Report(new RetrainProgress("judging the pictures"));
        double[] probabilities =
        [
            .. classifier
                .PredictMany(unlabelled.Samples.Select(sample => sample.Path), cancellation)
                .Select(result => (double)(result.Prediction?.Probability ?? throw result.Error!)),
        ];
        var threshold = classifier.Package.Manifest.Threshold;
        var chosen = BatchChooser.Choose(
            probabilities,
            threshold,
            BatchChooser.Describe(set.Table, recipe.Head.Seed),
            count,
            set.Samples.Length - unlabelled.Samples.Length
        );
        return (
            [
                .. chosen.Select(index => new NextPicture(
                    unlabelled.Samples[index].File,
                    unlabelled.Samples[index].Path,
                    probabilities[index],
                    BatchChooser.Doubt(probabilities[index], threshold)
                )),
            ],
            [.. set.Skipped.Where(skip => own.Contains(skip.Sample))]
        );
    }

    private static Recipe ReadRecipe(PersonClassifier classifier)
    {
        try
        {
            using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(classifier.Package.Manifest.Recipe.ToJsonString()));
            return RecipeJson.ReadRecipe(json);
        }
        catch (JsonException exception)
        {
            throw new RecipeException(
                $"The recipe in package '{classifier.Package.Folder}' cannot be read, so its features cannot be made: {exception.Message}",
                exception
            );
        }
    }
}
