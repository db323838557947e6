using System.IO.MemoryMappedFiles;

namespace MLNetPerson.Training.Features;

/// <summary>Consecutive rows of a table: spans of memory, or a window of a memory-mapped file that closes with it.</summary>
internal sealed unsafe class FeatureRows : IDisposable
{
    private readonly FeatureTable? _table;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly float* _first;
    private readonly int[]? _physical;
    private readonly int _start;
    private readonly int _width;
    private readonly int _origin;

    public FeatureRows(FeatureTable table, int start, int count) => (_table, _start, Count, _width) = (table, start, count, table.Width);

    /// <param name="view">Of the file, from the first row on.</param>
    /// <param name="physical">Where each row of the table lies in the file, or null for the same order.</param>
    /// <param name="start">The first row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="width">Of a row.</param>
    public FeatureRows(MemoryMappedViewAccessor view, int[]? physical, int start, int count, int width)
    {
        (_view, _physical, _start, Count, _width) = (view, physical, start, count, width);
        _origin = physical is null ? start : physical[start];
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _first = (float*)(pointer + view.PointerOffset);
    }

    /// <summary>How many rows.</summary>
    public int Count { get; }

    /// <summary>A row, counted from the block's first.</summary>
    public ReadOnlySpan<float> this[int index] =>
        _table is not null
            ? _table.Row(_start + index)
            : new ReadOnlySpan<float>(
                _first + ((long)((_physical is null ? _start + index : _physical[_start + index]) - _origin) * _width),
                _width
            );

    public void Dispose()
    {
        if (_view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }
    }
}
