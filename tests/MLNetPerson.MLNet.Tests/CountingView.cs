using Microsoft.ML;

namespace MLNetPerson.MLNet.Tests;

/// <summary>Counts how often rows are read with a certain column.</summary>
internal sealed class CountingView(IDataView source, string column) : IDataView
{
    public int Rows { get; private set; }

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        if (needed.Any(other => other.Name == column))
        {
            Rows += (int)source.GetRowCount()!;
        }

        return source.GetRowCursor(needed, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
