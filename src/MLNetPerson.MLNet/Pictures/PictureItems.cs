using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>Reads a row's picture out of a cursor, by the column's type. What is read belongs to the caller: other threads work on
/// it.</summary>
internal static class PictureItems
{
    public static Func<PictureItem> Reader(DataViewRow row, DataViewSchema.Column column, bool ready)
    {
        switch (column.Type)
        {
            case TextDataViewType:
                var text = row.GetGetter<ReadOnlyMemory<char>>(column);
                return () =>
                {
                    ReadOnlyMemory<char> value = default;
                    text(ref value);
                    return new PictureItem(value.ToString(), value.ToString());
                };
            case ImageDataViewType:
                var picture = row.GetGetter<MLImage>(column);
                return () =>
                {
                    MLImage? value = null;
                    picture(ref value!);
                    return new PictureItem(RowName(row), value is null ? Array.Empty<byte>() : MLImagePixels.ToRgb(value));
                };
            default:
                var bytes = row.GetGetter<VBuffer<byte>>(column);
                return () =>
                {
                    VBuffer<byte> value = default;
                    bytes(ref value);
                    byte[] copy = [.. value.DenseValues()];
                    return new PictureItem(RowName(row), ready ? new ReadyPixels(copy) : copy);
                };
        }
    }

    private static string RowName(DataViewRow row) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"row {row.Position + 1}");
}
