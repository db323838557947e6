using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Pictures;

/// <summary>Walks a <see cref="PictureView"/>: one cursor over the source's other columns, and the pipeline's outcomes beside it.</summary>
internal sealed class PictureCursor : DataViewRowCursor
{
    private readonly PictureView _view;
    private readonly HashSet<int> _active;
    private readonly DataViewRowCursor _source;
    private readonly IEnumerator<PictureOutcome>? _outcomes;
    private long _position = -1;
    private PictureOutcome? _current;
    private bool _disposed;

    public PictureCursor(PictureView view, HashSet<int> active, IEnumerable<DataViewSchema.Column> sourceColumns)
    {
        _view = view;
        _active = active;
        _source = view.Source.GetRowCursor(sourceColumns);
        var (image, features) = (IsActive(view.Work.ImageColumn), IsActive(view.Work.FeatureColumn));

        // A row that will be dropped has to be known as such, whichever columns are read.
        _outcomes =
            image || features || view.Work.OnBadImage == BadImages.Drop
                ? new PicturePipeline(view.Work, image, features).Run(view.Source).GetEnumerator()
                : null;
    }

    public override long Position => _position;

    public override long Batch => _source.Batch;

    public override DataViewSchema Schema => _view.Schema;

    public override bool MoveNext()
    {
        while (!_disposed && _source.MoveNext())
        {
            if (_outcomes is not null && !IsUsable())
            {
                continue;
            }

            _position++;
            return true;
        }

        _position = -1;
        return false;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => _source.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
        {
            throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' was not asked for when the cursor was made.");
        }

        if (_view.OriginOf(column.Index) is { } origin)
        {
            return _source.GetGetter<TValue>(_view.Source.Schema[origin]);
        }

        Delegate getter = column.Name == _view.Work.FeatureColumn ? Copy(outcome => outcome.Features!) : Copy(outcome => outcome.Pixels!);
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' is {column.Type}, {typeof(TValue).Name} was asked for.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _outcomes?.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsActive(string? column) => column is not null && _active.Contains(_view.Schema[column].Index);

    /// <summary>Takes the row's outcome; says whether the row stays.</summary>
    private bool IsUsable()
    {
        _current = _outcomes!.MoveNext()
            ? _outcomes.Current
            : throw new InvalidOperationException("The source gave more rows the second time than the first. Cache it.");
        if (_current.Error is not { } error)
        {
            return true;
        }

        if (_view.Work.OnBadImage == BadImages.Fail)
        {
            throw error;
        }

        _view.Work.Dropped?.Invoke(new DroppedImage(error.Name, error.Fault, error.Reason));
        return false;
    }

    private ValueGetter<VBuffer<T>> Copy<T>(Func<PictureOutcome, T[]> values) =>
        (ref VBuffer<T> destination) =>
        {
            var from = values(_current ?? throw new InvalidOperationException("The cursor stands before the first row."));
            var editor = VBufferEditor.Create(ref destination, from.Length);
            from.CopyTo(editor.Values);
            destination = editor.Commit();
        };
}
