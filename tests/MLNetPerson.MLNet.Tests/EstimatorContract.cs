using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Testing;

namespace MLNetPerson.MLNet.Tests;

/// <summary>What ML.NET asks of every estimator and its transformer.</summary>
internal static class EstimatorContract
{
    /// <param name="invalid">Data that the estimator must refuse, at every door.</param>
    public static void Check(MLContext ml, IEstimator<ITransformer> estimator, IDataView data, IDataView invalid)
    {
        var shape = Describe(estimator.GetOutputSchema(SchemaShapes.Of(data)));
        Assert.ThrowsAny<InvalidOperationException>(() => estimator.GetOutputSchema(SchemaShapes.Of(invalid)));
        Assert.ThrowsAny<InvalidOperationException>(() => estimator.Fit(invalid));

        var transformer = estimator.Fit(data);
        using var folder = new TempFolder();
        ml.Model.Save(transformer, data.Schema, folder["model.zip"]);
        var loaded = new MLContext(1).Model.Load(folder["model.zip"], out var savedSchema);

        var schema = transformer.GetOutputSchema(data.Schema);
        Assert.True(transformer.IsRowToRowMapper && loaded.IsRowToRowMapper);
        Assert.Equal(Describe(schema), Describe(transformer.GetRowToRowMapper(data.Schema).OutputSchema));
        Assert.Equal(Describe(schema), Describe(loaded.GetOutputSchema(data.Schema)));
        Assert.Equal(Describe(schema), Describe(transformer.Transform(data).Schema));
        Assert.Equal(Describe(schema), Describe(loaded.Transform(data).Schema));
        // ML.NET saves no column of pictures in memory
        Assert.Equal(Describe(data.Schema).Where(column => !column.Contains("Image<")), Describe(savedSchema));
        Assert.Equal(shape, Describe(SchemaShapes.Of(transformer.Transform(data))));
        Assert.ThrowsAny<InvalidOperationException>(() => transformer.GetOutputSchema(invalid.Schema));
        Assert.ThrowsAny<InvalidOperationException>(() => transformer.Transform(invalid));

        Assert.Equal(Text(transformer.Transform(data)), Text(loaded.Transform(data)));
        (loaded as IDisposable)?.Dispose();
        (transformer as IDisposable)?.Dispose();
    }

    private static string[] Describe(DataViewSchema schema) =>
        [.. schema.Select(column => $"{column.Name} {column.Type} {(column.IsHidden ? "hidden" : "")}")];

    private static string[] Describe(SchemaShape shape) =>
        [.. shape.Select(column => $"{column.Name} {column.Kind} {column.ItemType} {column.IsKey}").Order(StringComparer.Ordinal)];

    /// <summary>Every value of every column, exactly.</summary>
    private static string[] Text(IDataView view)
    {
        List<string> rows = [];
        using var cursor = view.GetRowCursor(view.Schema);
        var getters = view.Schema.Where(column => !column.IsHidden).Select(column => Getter(cursor, column)).ToList();
        while (cursor.MoveNext())
        {
            rows.Add(string.Join(" | ", getters.Select(getter => getter())));
        }

        return [.. rows];
    }

    private static Func<string> Getter(DataViewRow row, DataViewSchema.Column column) =>
        column.Type switch
        {
            VectorDataViewType { ItemType: var item } when item == NumberDataViewType.Byte => Vector<byte>(row, column),
            VectorDataViewType => Vector<float>(row, column),
            TextDataViewType => Scalar<ReadOnlyMemory<char>>(row, column),
            BooleanDataViewType => Scalar<bool>(row, column),
            var type when type == NumberDataViewType.Single => Scalar<float>(row, column),
            _ => () => "",
        };

    private static Func<string> Vector<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        return () =>
        {
            VBuffer<T> value = default;
            getter(ref value);
            return string.Join(' ', value.DenseValues());
        };
    }

    private static Func<string> Scalar<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            getter(ref value);
            return $"{value:R}";
        };
    }
}
