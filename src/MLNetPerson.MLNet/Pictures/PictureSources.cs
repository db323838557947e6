using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>Tells the kinds of picture columns apart.</summary>
internal static class PictureSources
{
    private const string Wanted = "text (paths), a vector of bytes (files' contents) or MLImage";

    /// <exception cref="InvalidOperationException">The column is missing or of another type.</exception>
    public static PictureSource Of(SchemaShape schema, string column)
    {
        var found = schema.FirstOrDefault(candidate => candidate.Name == column);
        if (found.Name is null)
        {
            throw Missing(column, schema.Select(other => other.Name));
        }

        var scalar = found.Kind == SchemaShape.Column.VectorKind.Scalar;
        return scalar && found.ItemType is TextDataViewType ? PictureSource.Path
            : !scalar && found.ItemType == NumberDataViewType.Byte ? PictureSource.Encoded
            : scalar && found.ItemType is ImageDataViewType ? PictureSource.Picture
            : throw WrongType(column, $"{found.Kind} of {found.ItemType}");
    }

    /// <exception cref="InvalidOperationException">The column is missing or of another type.</exception>
    public static PictureSource Of(DataViewSchema schema, string column) =>
        (schema.GetColumnOrNull(column) ?? throw Missing(column, schema.Select(other => other.Name))).Type switch
        {
            TextDataViewType => PictureSource.Path,
            VectorDataViewType { ItemType: NumberDataViewType item } when item == NumberDataViewType.Byte => PictureSource.Encoded,
            ImageDataViewType => PictureSource.Picture,
            var other => throw WrongType(column, other.ToString()!),
        };

    // ML.NET's own kind of exception for a schema that does not fit.
    private static InvalidOperationException Missing(string column, IEnumerable<string> others) =>
        new($"There is no column '{column}' with pictures; the data has {string.Join(", ", others)}. Name the column that holds {Wanted}.");

    private static InvalidOperationException WrongType(string column, string type) =>
        new($"Column '{column}' is {type}; pictures come as {Wanted}.");
}
