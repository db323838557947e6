using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Inference;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>
/// Runs a feature network over pixels: in batches, several at a time, ahead of whoever reads the rows. Behind
/// <see cref="PersonImageLoadingTransformer"/> both work as one, and each picture is decoded once.
/// </summary>
public sealed class PersonFeatureExtractingTransformer : ITransformer, IDisposable
{
    private readonly ITransformer _steps;
    private readonly string _output;
    private readonly string _input;
    private readonly PixelNetwork _network;
    private readonly PersonFeatureOptions _options;
    private readonly Lazy<OnnxModel> _model;

    internal PersonFeatureExtractingTransformer(
        ITransformer steps,
        string output,
        string input,
        PixelNetwork network,
        PersonFeatureOptions options
    )
    {
        _steps = steps;
        _output = output;
        _input = input;
        _network = network;
        _options = options;
        _model = new Lazy<OnnxModel>(network.Load);
    }

    /// <summary>Always.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _network.Check(inputSchema, _input);
        return _steps.GetOutputSchema(inputSchema);
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _steps.GetRowToRowMapper(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        var schema = GetOutputSchema(input.Schema);
        var joined =
            input is PictureView { Work: { FeatureColumn: null, ImageColumn: { } image } } view && image == _input && _output != image
                ? view
                : null;
        var work =
            joined?.Work
            ?? new PictureWork
            {
                Source = _input,
                ByteCount = _network.Input.ByteCount,
                BatchSize = 0,
                Parallelism = 0,
            };
        return new PictureView(
            joined?.Source ?? input,
            schema,
            work with
            {
                FeatureColumn = _output,
                Network = _model,
                FeatureCount = _network.OutputCount,
                InputShape = [1, _network.Input.Height, _network.Input.Width, 3],
                BatchSize = _options.BatchSize,
                Parallelism = _options.Parallelism,
            }
        );
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => _steps.Save(ctx);

    /// <summary>Frees the network. Cursors under way elsewhere must have ended.</summary>
    public void Dispose()
    {
        (_steps as IDisposable)?.Dispose();
        if (_model.IsValueCreated)
        {
            _model.Value.Dispose();
        }
    }

    /// <summary>For example "Image → Features: mobilenetv2-coco-ssd, 2976 features".</summary>
    public override string ToString() => $"{_input} → {_output}: {_network}";
}
