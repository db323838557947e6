using MLNetPerson.Training.Features;

namespace MLNetPerson.Training.Heads;

/// <summary>What a head is fitted on: standardised features, labels and sample weights of some samples of a table.</summary>
public sealed class HeadProblem
{
    private readonly Func<int, float[]> _standardised;
    private readonly bool[] _labels;
    private readonly double[] _weights;
    private readonly int[] _rows;

    private HeadProblem(LogisticObjective objective, Func<int, float[]> standardised, bool[] labels, double[] weights, int[] rows)
    {
        Objective = objective;
        _standardised = standardised;
        _labels = labels;
        _weights = weights;
        _rows = rows;
        WeightSum = rows.Sum(row => weights[row]);
        HasUniformWeights = rows.All(row => weights[row] == weights[rows[0]]);
    }

    /// <summary>Number of samples.</summary>
    public int Count => _rows.Length;

    /// <summary>Number of features.</summary>
    public int Width => Objective.Size - 1;

    /// <summary>Of all samples.</summary>
    public double WeightSum { get; }

    /// <summary>Whether all samples count alike.</summary>
    public bool HasUniformWeights { get; }

    internal LogisticObjective Objective { get; }

    /// <summary>A sample's features, each with mean 0 and the spread that its weight asks for. Shared between problems: not to be written
    /// to.</summary>
    public ReadOnlyMemory<float> Features(int index) => Row(index);

    /// <summary>Whether a sample shows a person.</summary>
    public bool IsPerson(int index) => _labels[_rows[index]];

    /// <summary>How much a sample counts.</summary>
    public double Weight(int index) => _weights[_rows[index]];

    internal float[] Row(int index) => _standardised(_rows[index]);

    /// <summary>Several problems on parts of one table, which is standardised once, and only when a solver asks for it; of a table in
    /// a file, row by row.</summary>
    internal static Func<int[], HeadProblem> On(FeatureTable table, Standardization standard, bool[] labels, double[] weights)
    {
        var all = new Lazy<float[][]>(() => Standardise(table, standard));
        Func<int, float[]> standardised = table.IsMapped ? row => Standardise(table.Row(row), standard) : row => all.Value[row];
        return rows => new HeadProblem(new LogisticObjective(table, standard, labels, weights, rows), standardised, labels, weights, rows);
    }

    private static float[][] Standardise(FeatureTable table, Standardization standard)
    {
        var rows = new float[table.Rows][];
        Parallel.For(
            0,
            rows.Length,
            row =>
            {
                rows[row] = Standardise(table.Row(row), standard);
            }
        );
        return rows;
    }

    private static float[] Standardise(ReadOnlySpan<float> values, Standardization standard)
    {
        var result = new float[values.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = (float)((values[i] - standard.Mean[i]) * standard.Scale[i]);
        }

        return result;
    }
}
