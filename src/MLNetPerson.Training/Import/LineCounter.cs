namespace MLNetPerson.Training.Import;

/// <summary>Knows the line of a place in a file that is read block by block. Counts only as far as it is asked.</summary>
internal sealed class LineCounter
{
    private byte[] _block = [];
    private int _counted;
    private int _line = 1;
    private int _at;

    /// <summary>The line, from 1, of the token that is looked at.</summary>
    public int Line
    {
        get
        {
            _line += _block.AsSpan(_counted, _at - _counted).Count((byte)'\n');
            _counted = _at;
            return _line;
        }
    }

    /// <summary>Names the token by its place in the block.</summary>
    public void At(byte[] block, int offset) => (_block, _at) = (block, offset);

    /// <summary>The first bytes of the block will go away.</summary>
    public void Consumed(byte[] block, int bytes)
    {
        At(block, bytes);
        _ = Line;
        (_counted, _at) = (0, 0);
    }
}
