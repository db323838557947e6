namespace MLNetPerson.Training.Features;

/// <summary>[rows, width] float features, row-major: one row per sample.</summary>
public sealed class FeatureTable
{
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
        Values = values;
    }

    /// <summary>Number of samples.</summary>
    public int Rows { get; }

    /// <summary>Number of features of each.</summary>
    public int Width { get; }

    /// <summary>All values.</summary>
    public float[] Values { get; }

    /// <summary>One sample's features.</summary>
    public Span<float> Row(int index) => Values.AsSpan(index * Width, Width);
}
