using Microsoft.ML;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>A source's rows with what was made of their pictures. Lazy: nothing is decoded until a cursor asks for it.</summary>
internal sealed class PictureView : IDataView
{
    private readonly int?[] _origins;

    public PictureView(IDataView source, DataViewSchema schema, PictureWork work)
    {
        Source = source;
        Schema = schema;
        Work = work;
        _origins = [.. schema.Select(Origin)];
    }

    public IDataView Source { get; }

    public PictureWork Work { get; }

    public DataViewSchema Schema { get; }

    /// <summary>Reading ahead and shuffling do not go together.</summary>
    public bool CanShuffle => false;

    /// <summary>Unknown where rows may be dropped.</summary>
    public long? GetRowCount() => Work.OnBadImage == BadImages.Drop ? null : Source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = columnsNeeded.Select(column => column.Index).ToHashSet();
        return new PictureCursor(
            this,
            active,
            [.. active.Select(index => _origins[index]).OfType<int>().Distinct().Select(index => Source.Schema[index])]
        );
    }

    /// <summary>One cursor, which keeps all cores busy by itself.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    /// <summary>The source's column behind one of ours; null where it is made here.</summary>
    public int? OriginOf(int index) => _origins[index];

    private int? Origin(DataViewSchema.Column column)
    {
        if (!column.IsHidden && (column.Name == Work.ImageColumn || column.Name == Work.FeatureColumn))
        {
            return null;
        }

        // Hidden columns share a name with a later one: the n-th of that name here is the n-th there.
        var number = Schema.Take(column.Index).Count(other => other.Name == column.Name);
        return Source.Schema.Where(other => other.Name == column.Name).ElementAt(number).Index;
    }
}
