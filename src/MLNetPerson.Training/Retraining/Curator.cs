using MLNetPerson.Images;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Curation;
using MLNetPerson.Training.Curation.Cards;
using MLNetPerson.Training.Curation.Neighbours;
using MLNetPerson.Training.Curation.Pictures;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Import;
using MLNetPerson.Work;

namespace MLNetPerson.Training.Retraining;

/// <summary>From pictures to findings: measures, features, checks.</summary>
public static class Curator
{
    /// <summary>The recipe whose features labels are judged by: its backbone's own person scores see hands and crowds that others
    /// miss.</summary>
    public const string DefaultRecipe = "accurate";

    /// <summary>Checks a dataset.</summary>
    /// <param name="dataset">What is checked; nothing of it is changed.</param>
    /// <param name="recipe">Whose features and head are used.</param>
    /// <param name="options">When a check speaks up.</param>
    /// <param name="features">How features are extracted.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work; features extracted so far are kept.</param>
    /// <exception cref="BackboneException">The backbone cannot be had or does not fit the recipe.</exception>
    /// <exception cref="FeatureException">No picture can be used.</exception>
    public static async Task<CurationReport> CheckAsync(
        Dataset dataset,
        Recipe recipe,
        CurationOptions? options = null,
        FeatureOptions? features = null,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var (pictures, unreadable) = Measure(dataset, features, progress, cancellation);
        var (network, set) = await ExtractAsync(pictures, recipe, features, progress, cancellation);
        return DatasetChecker.Check(
            dataset,
            pictures,
            unreadable,
            set.Table,
            network.Blocks,
            options ?? new CurationOptions(),
            recipe.Head,
            progress.Relayed<string>(step => new RetrainProgress(step)),
            cancellation
        );
    }

    /// <summary>One part of a check, for <see cref="CheckAsync"/> to find in the shared folder: measures and features of the shard's
    /// pictures, or, once all shards have those, its part of the search for neighbours.</summary>
    /// <param name="dataset">What is checked.</param>
    /// <param name="recipe">Whose features are used.</param>
    /// <param name="shard">Which part is this process's.</param>
    /// <param name="neighbours">Whether this is the search for neighbours.</param>
    /// <param name="options">As for the check, with its shared folder.</param>
    /// <param name="features">With the same shared folder.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work; what was done is kept.</param>
    /// <exception cref="BackboneException">The backbone cannot be had or does not fit the recipe.</exception>
    /// <exception cref="FeatureException">No picture can be used, or the folder is another recipe's.</exception>
    /// <exception cref="IOException">The folder cannot be written; what was done is kept.</exception>
    public static async Task<ShardReport> CheckPartAsync(
        Dataset dataset,
        Recipe recipe,
        Shard shard,
        bool neighbours,
        CurationOptions options,
        FeatureOptions features,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (neighbours)
        {
            var (pictures, unreadable) = Measure(dataset, features, progress, cancellation);
            var (_, set) = await ExtractAsync(pictures, recipe, features, progress, cancellation);
            progress?.Report(new RetrainProgress($"looking for neighbours, part {shard}"));
            var found = set.Table.Rows > 1 ? CopyFinder.FindPart(set.Table, options, shard, cancellation) : 0;
            return new ShardReport(shard, dataset.Samples.Length, found, 0, 0, unreadable.Count, []);
        }

        progress?.Report(new RetrainProgress($"opening backbone {recipe.Backbone}"));
        var network = await FeatureNetworkBuilder.BuildAsync(
            BackboneCatalog.Open(recipe.Backbone),
            recipe.Input,
            recipe.Features,
            cancellation
        );
        var extracted = ShardedExtraction.Run(
            network,
            dataset.Samples,
            shard,
            features,
            progress.Relayed<FeatureProgress>(done => new RetrainProgress($"features of shard {shard}", done)),
            cancellation: cancellation
        );
        MeasureCache.Measure(
            dataset.Samples,
            shard,
            features,
            progress.Relayed<FeatureProgress>(done => new RetrainProgress($"measuring pictures of shard {shard}", done)),
            cancellation
        );
        return extracted;
    }

    /// <summary>Finds copies and scenes, for splits that keep them together.</summary>
    /// <param name="dataset">Where to look.</param>
    /// <param name="recipe">Whose features are used, or null to go by perceptual hashes alone.</param>
    /// <param name="options">When two pictures are one.</param>
    /// <param name="features">How features are extracted.</param>
    /// <param name="progress">Told of every step, from several threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static async Task<(
        IReadOnlyList<CuratedPicture> Pictures,
        IReadOnlyList<CopyPair> Copies,
        IReadOnlyList<(Sample Sample, ImageException Error)> Unreadable
    )> FindCopiesAsync(
        Dataset dataset,
        Recipe? recipe,
        CurationOptions? options = null,
        FeatureOptions? features = null,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var (pictures, unreadable) = Measure(dataset, features, progress, cancellation);
        var table = recipe is null ? null : (await ExtractAsync(pictures, recipe, features, progress, cancellation)).Set.Table;
        progress?.Report(new RetrainProgress("looking for copies"));
        return (
            pictures,
            CopyFinder.Find([.. pictures.Select(picture => picture.Measures)], table, options ?? new CurationOptions(), cancellation),
            unreadable
        );
    }

    /// <summary>Describes a dataset.</summary>
    /// <param name="dataset">What is described.</param>
    /// <param name="import">What its import wrote beside it, or null.</param>
    /// <param name="features">What pictures may ask for.</param>
    /// <param name="progress">Told after each picture, from several threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static DatasetCard BuildCard(
        Dataset dataset,
        ImportReport? import,
        FeatureOptions? features = null,
        IProgress<RetrainProgress>? progress = null,
        CancellationToken cancellation = default
    ) => CardBuilder.Build(dataset, Measure(dataset, features, progress, cancellation).Pictures, import);

    /// <summary>Measures pictures, and tells those that can be read from those that cannot.</summary>
    internal static (List<CuratedPicture> Pictures, List<(Sample Sample, ImageException Error)> Unreadable) Measure(
        Dataset dataset,
        FeatureOptions? features,
        IProgress<RetrainProgress>? progress,
        CancellationToken cancellation
    )
    {
        const string Step = "measuring pictures";
        progress?.Report(new RetrainProgress(Step, new FeatureProgress(0, dataset.Samples.Length, 0, 0)));
        var told = progress.Relayed<FeatureProgress>(done => new RetrainProgress(Step, done));
        var results = features?.SharedFolder is not null
            ? MeasureCache.MeasureMany(dataset.Samples, features, told, cancellation)
            : new PictureMeter(features?.Limits).MeasureMany(dataset.Samples, told, cancellation);
        List<CuratedPicture> pictures = [];
        List<(Sample, ImageException)> unreadable = [];
        foreach (var (sample, (measures, error)) in dataset.Samples.Zip(results))
        {
            if (measures is not null)
            {
                pictures.Add(new CuratedPicture(sample, measures));
            }
            else
            {
                unreadable.Add((sample, error!));
            }
        }

        return pictures.Count > 0
            ? (pictures, unreadable)
            : throw new FeatureException(
                $"None of the {dataset.Samples.Length} pictures could be used. '{unreadable[0].Item1.File}': {unreadable[0].Item2.Reason}"
            );
    }

    private static async Task<(FeatureNetwork Network, FeatureSet Set)> ExtractAsync(
        List<CuratedPicture> pictures,
        Recipe recipe,
        FeatureOptions? features,
        IProgress<RetrainProgress>? progress,
        CancellationToken cancellation
    )
    {
        const string Step = "features";
        progress?.Report(new RetrainProgress($"opening backbone {recipe.Backbone}"));
        var network = await FeatureNetworkBuilder.BuildAsync(
            BackboneCatalog.Open(recipe.Backbone),
            recipe.Input,
            recipe.Features,
            cancellation
        );
        var extractor = new FeatureExtractor(network, (features ?? new FeatureOptions()) with { MaxBad = 0 });
        var set = extractor.Extract(
            [.. pictures.Select(picture => picture.Sample)],
            progress.Relayed<FeatureProgress>(done => new RetrainProgress(Step, done)),
            cancellation
        );
        return (network, set);
    }
}
