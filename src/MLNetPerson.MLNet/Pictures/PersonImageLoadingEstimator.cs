using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>Brings pictures, upright and antialiased, to a model's input: see <see cref="PersonPicturesCatalog"/>.</summary>
/// <remarks>
/// It keeps what ML.NET asks of an estimator: the shape it announces is the schema it gives, and a saved transformer gives the same
/// columns with the same values when it is read back. What is saved is a chain of ML.NET's own steps around a custom mapping.
/// </remarks>
public sealed class PersonImageLoadingEstimator : IEstimator<PersonImageLoadingTransformer>
{
    private readonly TransformsCatalog _catalog;
    private readonly string _output;
    private readonly string _input;
    private readonly PersonImageOptions _options;
    private readonly Dictionary<DataViewType, EstimatorChain<ITransformer>> _shapes = [];

    internal PersonImageLoadingEstimator(TransformsCatalog catalog, string output, string input, PersonImageOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        ArgumentException.ThrowIfNullOrEmpty(input);
        if (options.Fault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        (_catalog, _output, _input, _options) = (catalog, output, input, options);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The data has no such column, or one that holds no pictures.</exception>
    public PersonImageLoadingTransformer Fit(IDataView input)
    {
        var steps = Steps(PictureSources.Of(input.Schema, _input), input.Schema[_input].Type);

        // No step learns from rows: a view with the schema alone keeps this from decoding anything.
        return new PersonImageLoadingTransformer(steps.Fit(new SchemaOnlyView(input.Schema)), _output, _input, _options);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The data has no such column, or one that holds no pictures.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var source = PictureSources.Of(inputSchema, _input);
        lock (_shapes)
        {
            var type = inputSchema.First(column => column.Name == _input).ItemType;
            if (!_shapes.TryGetValue(type, out var steps))
            {
                _shapes[type] = steps = Steps(source, type);
            }

            return steps.GetOutputSchema(inputSchema);
        }
    }

    /// <summary>For example "ImagePath → Image: 224 x 224 squash".</summary>
    public override string ToString() => $"{_input} → {_output}: {_options.Input}";

    private EstimatorChain<ITransformer> Steps(PictureSource source, DataViewType type)
    {
        var (column, decode) = source switch
        {
            PictureSource.Path => (
                Temporary.Path,
                (IEstimator<ITransformer>)_catalog.CustomMapping<PathRow, BytesRow>(PathMapping.Map, PathMapping.Contract)
            ),
            PictureSource.Encoded => (
                Temporary.Encoded,
                _catalog.CustomMapping<EncodedRow, BytesRow>(EncodedMapping.Map, EncodedMapping.Contract)
            ),
            _ => (
                Temporary.Picture,
                _catalog.CustomMapping<PictureRow, BytesRow>(PictureMapping.Map, PictureMapping.Contract, Pictures(type))
            ),
        };
        return new EstimatorChain<ITransformer>()
            .Append((IEstimator<ITransformer>)_catalog.CustomMapping<EmptyRow, AnchorRow>(AnchorMapping.Map, AnchorMapping.Contract))
            .Append(
                _catalog.Expression(Temporary.Config, $"x => \"{PictureConfig.Of(_input, _output, _options).ToText()}\"", Temporary.Anchor)
            )
            .Append(_catalog.CopyColumns(column, _input))
            .Append(decode)
            .Append(_catalog.ApplyOnnxModel(Networks.Step(Networks.Reshape(_options.Input), "pixels", Temporary.Bytes, Temporary.Pixels)))
            .Append(_catalog.CopyColumns(_output, Temporary.Pixels))
            .Append(
                (IEstimator<ITransformer>)
                    _catalog.DropColumns(Temporary.Anchor, Temporary.Config, column, Temporary.Bytes, Temporary.Pixels)
            );
    }

    /// <summary>To ML.NET, pictures of each size are a type of their own while shapes are compared; this one takes the column's.</summary>
    private static SchemaDefinition Pictures(DataViewType type)
    {
        var definition = SchemaDefinition.Create(typeof(PictureRow));
        definition[Temporary.Picture].ColumnType = type;
        return definition;
    }
}
