using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.MLNet.Trainers;

/// <summary>
/// A head's problem as ML.NET's trainers read it: Features, Label, Weight. Feature vectors are handed out as they lie in memory, since a
/// fit passes over them hundreds of times; trainers only read them (MLNetSolverTests watches that).
/// </summary>
internal sealed class HeadRowsView : IDataView
{
    public const string Features = "Features";
    public const string Label = "Label";
    public const string Weight = "Weight";

    private readonly HeadProblem _problem;
    private readonly CancellationToken _cancellation;

    /// <param name="problem">The rows.</param>
    /// <param name="cancellation">Ends a pass over them: ML.NET's trainers take no token.</param>
    public HeadRowsView(HeadProblem problem, CancellationToken cancellation)
    {
        _problem = problem;
        _cancellation = cancellation;
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(Features, new VectorDataViewType(NumberDataViewType.Single, problem.Width));
        schema.AddColumn(Label, BooleanDataViewType.Instance);
        schema.AddColumn(Weight, NumberDataViewType.Single);
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _problem.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, rand);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [new Cursor(this, rand)];

    private sealed class Cursor(HeadRowsView view, Random? random) : DataViewRowCursor
    {
        private readonly int[]? _order = Shuffled(view._problem.Count, random);
        private int _position = -1;

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        private int Row => _order is null ? _position : _order[_position];

        public override bool MoveNext()
        {
            view._cancellation.ThrowIfCancellationRequested();
            _position = _position + 1 < view._problem.Count ? _position + 1 : -1;
            return _position >= 0;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Delegate getter = column.Name switch
            {
                Features => (ValueGetter<VBuffer<float>>)(
                    (ref VBuffer<float> value) => value = new VBuffer<float>(view._problem.Width, view._problem.Row(Row))
                ),
                Label => (ValueGetter<bool>)((ref bool value) => value = view._problem.IsPerson(Row)),
                _ => (ValueGetter<float>)((ref float value) => value = (float)view._problem.Weight(Row)),
            };
            return getter as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"Column '{column.Name}' is {column.Type}, {typeof(TValue).Name} was asked for.");
        }

        private static int[]? Shuffled(int count, Random? random)
        {
            if (random is null)
            {
                return null;
            }

            int[] order = [.. Enumerable.Range(0, count)];
            random.Shuffle(order);
            return order;
        }
    }
}
