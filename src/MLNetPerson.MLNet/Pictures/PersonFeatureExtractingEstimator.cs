using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>Runs a feature network over pixels: see <see cref="PersonPicturesCatalog"/>.</summary>
public sealed class PersonFeatureExtractingEstimator : IEstimator<PersonFeatureExtractingTransformer>
{
    private readonly TransformsCatalog _catalog;
    private readonly string _output;
    private readonly string _input;
    private readonly PixelNetwork _network;
    private readonly PersonFeatureOptions _options;
    private EstimatorChain<ITransformer>? _shape;

    internal PersonFeatureExtractingEstimator(
        TransformsCatalog catalog,
        string output,
        string input,
        PixelNetwork network,
        PersonFeatureOptions options
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        ArgumentException.ThrowIfNullOrEmpty(input);
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        (_catalog, _output, _input, _network, _options) = (catalog, output, input, network, options);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The data has no such column, or one of another size or type.</exception>
    public PersonFeatureExtractingTransformer Fit(IDataView input)
    {
        _network.Check(input.Schema, _input);
        return new PersonFeatureExtractingTransformer(Steps().Fit(new SchemaOnlyView(input.Schema)), _output, _input, _network, _options);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The data has no such column, or one of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var column = inputSchema.FirstOrDefault(column => column.Name == _input);
        if (column.Name is null || column.Kind != SchemaShape.Column.VectorKind.Vector || column.ItemType != NumberDataViewType.Byte)
        {
            throw new InvalidOperationException(
                $"There is no column '{_input}' with pixels as a vector of bytes. Put LoadPersonImages before this step."
            );
        }

        return (_shape ??= Steps()).GetOutputSchema(inputSchema);
    }

    /// <summary>For example "Image → Features: mobilenetv2-coco-ssd, 2976 features".</summary>
    public override string ToString() => $"{_input} → {_output}: {_network}";

    private EstimatorChain<ITransformer> Steps() =>
        new EstimatorChain<ITransformer>()
            .Append((IEstimator<ITransformer>)_catalog.CustomMapping<EmptyRow, AnchorRow>(AnchorMapping.Map, AnchorMapping.Contract))
            .Append(
                _catalog.Expression(
                    Temporary.Config,
                    $"x => \"{ConfigText.Write(NetworkConfig.Of(_input, _output, _network))}\"",
                    Temporary.Anchor
                )
            )
            .Append(_catalog.CopyColumns(Temporary.Pixels, _input))
            .Append(_catalog.ApplyOnnxModel(Networks.Step(_network.Bytes, "network", Temporary.Pixels, Temporary.Features)))
            .Append(_catalog.CopyColumns(_output, Temporary.Features))
            .Append(
                (IEstimator<ITransformer>)_catalog.DropColumns(Temporary.Anchor, Temporary.Config, Temporary.Pixels, Temporary.Features)
            );
}
