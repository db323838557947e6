using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>Brings pictures to a model's input: several at a time, ahead of whoever reads the rows.</summary>
public sealed class PersonImageLoadingTransformer : ITransformer, IDisposable
{
    private readonly ITransformer _steps;
    private readonly string _output;
    private readonly string _input;
    private readonly PersonImageOptions _options;

    internal PersonImageLoadingTransformer(ITransformer steps, string output, string input, PersonImageOptions options)
    {
        _steps = steps;
        _output = output;
        _input = input;
        _options = options;
    }

    /// <summary>Always: one picture can be asked for alone.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _ = PictureSources.Of(inputSchema, _input);
        return _steps.GetOutputSchema(inputSchema);
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _steps.GetRowToRowMapper(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) =>
        new PictureView(
            input,
            GetOutputSchema(input.Schema),
            new PictureWork
            {
                Source = _input,
                Config = PictureConfig.Of(_input, _output, _options),
                ImageColumn = _output,
                OnBadImage = _options.OnBadImage,
                Dropped = _options.Dropped,
                ByteCount = _options.Input.ByteCount,
                BatchSize = 1,
                Parallelism = _options.Parallelism,
            }
        );

    void ICanSaveModel.Save(ModelSaveContext ctx) => _steps.Save(ctx);

    /// <summary>Frees what its steps hold.</summary>
    public void Dispose() => (_steps as IDisposable)?.Dispose();

    /// <summary>For example "ImagePath → Image: 224 x 224 squash".</summary>
    public override string ToString() => $"{_input} → {_output}: {_options.Input}";
}
