using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.MLNet.Tests;

/// <summary>Data views for tests, and what is in them.</summary>
internal static class Rows
{
    public static IDataView View(this MLContext ml, Dataset dataset) =>
        ml.Data.LoadFromEnumerable(
            dataset.Samples.Select(sample => new PictureRow { ImagePath = sample.Path, Label = sample.IsPerson }).ToArray()
        );

    public static T[][] Vectors<T>(this IDataView view, string column)
    {
        List<T[]> rows = [];
        using var cursor = view.GetRowCursor([view.Schema[column]]);
        var getter = cursor.GetGetter<VBuffer<T>>(view.Schema[column]);
        VBuffer<T> value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            rows.Add([.. value.DenseValues()]);
        }

        return [.. rows];
    }

    public static T[] Values<T>(this IDataView view, string column)
    {
        List<T> rows = [];
        using var cursor = view.GetRowCursor([view.Schema[column]]);
        var getter = cursor.GetGetter<T>(view.Schema[column]);
        T value = default!;
        while (cursor.MoveNext())
        {
            getter(ref value);
            rows.Add(value);
        }

        return [.. rows];
    }
}
