using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Onnx;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.MLNet.Transforms;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>Reads models back with everything that our own steps can do.</summary>
public static class PersonModelLoading
{
    /// <summary>
    /// Loads a model that <c>mlContext.Model.Save</c> wrote. <c>mlContext.Model.Load</c> reads the same file and gives the same numbers,
    /// row by row; this door puts our own steps back in place, which work on several pictures at a time and can drop bad ones.
    /// </summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="path">The zip.</param>
    /// <param name="inputSchema">The schema that the model was saved with.</param>
    /// <param name="options">What the zip does not hold.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static ITransformer LoadPersonModel(
        this MLContext mlContext,
        string path,
        out DataViewSchema inputSchema,
        PersonModelOptions? options = null
    )
    {
        options ??= new PersonModelOptions();
        if (options.Features.Fault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        OnnxEnvironment.EnsureStarted(); // before ML.NET's step makes its session
        return Restore(mlContext, mlContext.Model.Load(path, out inputSchema), options);
    }

    private static ITransformer Restore(MLContext ml, ITransformer step, PersonModelOptions options)
    {
        if (step is not IEnumerable<ITransformer> chain)
        {
            return step;
        }

        List<ITransformer> steps = [.. chain];
        return steps switch
        {
            [
                CustomMappingTransformer<EmptyRow, AnchorRow>,
                ExpressionTransformer,
                ColumnCopyingTransformer,
                _,
                OnnxTransformer,
                ColumnCopyingTransformer,
                ColumnSelectingTransformer,
            ] => Images(step, ConfigText.Read<PictureConfig>(Config(ml, steps)), options),
            [
                CustomMappingTransformer<EmptyRow, AnchorRow>,
                ExpressionTransformer,
                ColumnCopyingTransformer,
                OnnxTransformer network,
                ColumnCopyingTransformer,
                ColumnSelectingTransformer,
            ] => Features(step, ConfigText.Read<NetworkConfig>(Config(ml, steps)), SavedNetwork.Read(ml, network), options),
            _ => new TransformerChain<ITransformer>([.. steps.Select(inner => Restore(ml, inner, options))]),
        };
    }

    private static PersonImageLoadingTransformer Images(ITransformer steps, PictureConfig config, PersonModelOptions options) =>
        new(
            steps,
            config.OutputColumn,
            config.InputColumn,
            new PersonImageOptions
            {
                Input = config.Input,
                ImageFolder = config.Folder,
                Limits = new ImageLimits
                {
                    MaxPixels = config.MaxPixels,
                    MaxBytes = config.MaxBytes,
                    MaxFrames = config.MaxFrames,
                },
                OnBadImage = options.OnBadImage,
                Dropped = options.Dropped,
                Parallelism = options.Features.Parallelism,
            }
        );

    private static PersonFeatureExtractingTransformer Features(
        ITransformer steps,
        NetworkConfig config,
        byte[] network,
        PersonModelOptions options
    ) =>
        new(
            steps,
            config.OutputColumn,
            config.InputColumn,
            new PixelNetwork(config.Name, network, new ImageSpec(config.Width, config.Height), config.OutputCount),
            options.Features
        );

    /// <summary>The configuration is what the saved expression says, so it is asked.</summary>
    private static string Config(MLContext ml, List<ITransformer> steps)
    {
        var row = steps[1].Transform(ml.Data.LoadFromEnumerable([new AnchorRow()]));
        var column = row.Schema[Temporary.Config];
        using var cursor = row.GetRowCursor([column]);
        ReadOnlyMemory<char> text = default;
        cursor.MoveNext();
        cursor.GetGetter<ReadOnlyMemory<char>>(column)(ref text);
        return text.ToString();
    }
}
