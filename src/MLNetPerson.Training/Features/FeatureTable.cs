namespace MLNetPerson.Training.Features;

/// <summary>[rows, width] float features, row-major: one row per sample. In memory, or in a file where they are too many for it.</summary>
public sealed class FeatureTable
{
    private readonly float[]? _values;
    private readonly MappedRows? _mapped;

    /// <summary>Takes over <paramref name="values"/> without copying.</summary>
    /// <exception cref="ArgumentException">The length is not rows × width.</exception>
    public FeatureTable(int rows, int width, float[] values)
    {
        if ((long)rows * width != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill {rows} rows of {width}.", nameof(values));
        }

        Rows = rows;
        Width = width;
        _values = values;
    }

    internal FeatureTable(MappedRows mapped)
    {
        (Rows, Width, _mapped) = (mapped.Rows, mapped.Width, mapped);
    }

    /// <summary>Number of samples.</summary>
    public int Rows { get; }

    /// <summary>Number of features of each.</summary>
    public int Width { get; }

    /// <summary>Whether the rows lie in a file. Whoever goes through all of them then does so by blocks, and several times in as few passes
    /// as possible.</summary>
    public bool IsMapped => _mapped is not null;

    /// <summary>All values.</summary>
    /// <exception cref="InvalidOperationException">They lie in a file: see <see cref="IsMapped"/>.</exception>
    public float[] Values =>
        _values ?? throw new InvalidOperationException($"{Rows} rows of {Width} features lie in a file; go through them row by row.");

    /// <summary>One sample's features: the table's own where it is in memory, a copy where it is in a file.</summary>
    public Span<float> Row(int index) => _mapped is null ? _values!.AsSpan(index * Width, Width) : _mapped.Copy(index);

    /// <summary>Some rows one after another, for as long as the block is open.</summary>
    internal FeatureRows Open(int start, int count) => _mapped is null ? new FeatureRows(this, start, count) : _mapped.Open(start, count);
}
