using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>
/// Standardises features in place as <c>retrain</c> does, feature weights of the recipe among it. What it makes is ML.NET's own affine
/// normaliser, fitted on two rows from which exactly those numbers follow, so that it saves, loads and can be read out like any other.
/// </summary>
internal sealed class PersonFeatureStandardizingEstimator(MLContext ml, string column, IReadOnlyList<FeatureBlock> blocks)
    : IEstimator<NormalizingTransformer>
{
    public NormalizingTransformer Fit(IDataView input)
    {
        var table = Read(input);
        var weights = Enumerable.Repeat(1.0, table.Width).ToArray();
        foreach (var block in blocks)
        {
            weights.AsSpan(block.Start, block.Count).Fill(block.Spec.Weight);
        }

        var standard = Standardization.Of(table, weights);
        var size = SchemaDefinition.Create(typeof(FeatureRow));
        size[nameof(FeatureRow.Features)].ColumnName = column;
        size[nameof(FeatureRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, table.Width);

        // offset = smallest = mean, scale = 1 / (largest − smallest); a constant feature has none and becomes 0.
        float[] low = [.. standard.Mean.Select(mean => (float)mean)];
        float[] high = [.. standard.Mean.Select((mean, i) => (float)(standard.Scale[i] == 0 ? mean : mean + (1 / standard.Scale[i])))];
        return Normalizer().Fit(ml.Data.LoadFromEnumerable([new FeatureRow { Features = low }, new FeatureRow { Features = high }], size));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Normalizer().GetOutputSchema(inputSchema);

    private NormalizingEstimator Normalizer() => ml.Transforms.NormalizeMinMax(column, fixZero: false);

    private FeatureTable Read(IDataView input)
    {
        var found = input.Schema[column];
        var width = ((VectorDataViewType)found.Type).Size;
        List<float> values = [];
        using var cursor = input.GetRowCursor([found]);
        var getter = cursor.GetGetter<VBuffer<float>>(found);
        VBuffer<float> row = default;
        while (cursor.MoveNext())
        {
            getter(ref row);
            values.AddRange(row.DenseValues());
        }

        if (values.Count == 0)
        {
            throw new FeatureException("There is no row to standardise features on. Are all pictures unusable?");
        }

        return new FeatureTable(values.Count / width, width, [.. values]);
    }

    private sealed class FeatureRow
    {
        public float[] Features { get; set; } = [];
    }
}
