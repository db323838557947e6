using System.Collections.Immutable;
using System.Globalization;
using Microsoft.ML;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Tuning.Pipelines;

/// <summary>What <c>mlContext.TunedPersonPipeline</c> builds.</summary>
public sealed record TunedPersonPipelineOptions
{
    /// <summary>Backbone, input, features, head and how to tune; null for <c>light-tuned</c>.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>The folder that the package is written to: <c>Fit</c> exports it by the way.</summary>
    public required string Package { get; init; }

    /// <summary>The column of paths.</summary>
    public string ImageColumn { get; init; } = "ImagePath";

    /// <summary>The column of labels: Boolean, true where there is a person.</summary>
    public string LabelColumn { get; init; } = "Label";

    /// <summary>Folder that relative paths are below; null for the current directory.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>Told of every step of <c>Fit</c>.</summary>
    public IProgress<RetrainProgress>? Progress { get; init; }

    /// <summary>Ends <c>Fit</c> after the step under way; the best weights so far are kept.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>Tuning as an estimator of ML.NET.</summary>
public static class TunedPersonPipelineCatalog
{
    /// <summary>
    /// An estimator whose <c>Fit</c> tunes the backbone below the head and whose result is an ordinary ML.NET model: it saves as a zip,
    /// evaluates, and serves a prediction engine. A fifth of the rows is held out for the package's numbers.
    /// </summary>
    /// <exception cref="RecipeException">The recipe's block "tuning" has faults; all are in the message.</exception>
    public static IEstimator<ITransformer> TunedPersonPipeline(this MLContext mlContext, TunedPersonPipelineOptions options)
    {
        var recipe = options.Recipe ?? RecipeCatalog.Open("light-tuned");
        _ = TuningRecipe.Of(recipe);
        return new TunedPersonEstimator(mlContext, options with { Recipe = recipe });
    }
}

/// <summary>Fits by way of a tuned retrain; what it gives is the package as a chain.</summary>
internal sealed class TunedPersonEstimator(MLContext ml, TunedPersonPipelineOptions options) : IEstimator<ITransformer>
{
    /// <inheritdoc/>
    public ITransformer Fit(IDataView input)
    {
        var retrain = new TunedRetrainOptions
        {
            Retrain = new RetrainOptions { Out = options.Package, Recipe = options.Recipe! },
        };
        _ = TunedRetrainer.RetrainAsync(Read(input), null, retrain, options.Progress, options.Stop).GetAwaiter().GetResult();
        return ml
            .Transforms.ApplyPersonPackage(
                options.Package,
                options.ImageColumn,
                new ApplyPackageOptions { ImageFolder = options.ImageFolder }
            )
            .Fit(input);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        // The same columns as a frozen chain's: features, score, probability and predicted label of a binary classifier.
        ml.PersonPipeline(
                new PersonPipelineOptions
                {
                    Recipe = options.Recipe! with { Tuning = null },
                    ImageColumn = options.ImageColumn,
                    LabelColumn = options.LabelColumn,
                    ImageFolder = options.ImageFolder,
                }
            )
            .GetOutputSchema(inputSchema);

    private Dataset Read(IDataView input)
    {
        var (image, label) = (input.Schema[options.ImageColumn], input.Schema[options.LabelColumn]);
        var samples = ImmutableArray.CreateBuilder<Sample>();
        using var cursor = input.GetRowCursor([image, label]);
        var (path, person) = (cursor.GetGetter<ReadOnlyMemory<char>>(image), cursor.GetGetter<bool>(label));
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> text = default;
            var isPerson = false;
            path(ref text);
            person(ref isPerson);
            var full = Path.GetFullPath(Path.Combine(options.ImageFolder ?? Directory.GetCurrentDirectory(), text.ToString()));
            samples.Add(
                new Sample
                {
                    File = text.ToString().Replace('\\', '/'),
                    Path = full,
                    IsPerson = isPerson,
                }
            );
        }

        return samples.Count > 0
            ? new Dataset(string.Create(CultureInfo.InvariantCulture, $"{samples.Count} rows of ML.NET"), samples.ToImmutable())
            : throw new DatasetException("The data view has no rows, so there is nothing to tune on.");
    }
}
