using System.Collections.Immutable;

namespace MLNetPerson.Training.Evaluation;

/// <summary>Counts of right and wrong answers at every threshold: what ROC, precision–recall and threshold curves are drawn from.</summary>
public sealed class ThresholdSweep
{
    private readonly double[] _falling;
    private readonly int[] _persons; // [i]: persons among the first i by falling probability

    /// <summary>Sorts once; every question after that is a look-up.</summary>
    /// <param name="probabilities">0 to 1, one per sample.</param>
    /// <param name="labels">Whether there is a person.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public ThresholdSweep(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        Scores.CheckLengths(probabilities, labels);
        var order = Scores.ByFallingScore(probabilities);
        _falling = new double[order.Length];
        _persons = new int[order.Length + 1];
        for (var i = 0; i < order.Length; i++)
        {
            _falling[i] = probabilities[order[i]];
            _persons[i + 1] = _persons[i] + (labels[order[i]] ? 1 : 0);
        }
    }

    /// <summary>Samples with a person.</summary>
    public int Persons => _persons[^1];

    /// <summary>Samples without one.</summary>
    public int Others => _falling.Length - Persons;

    /// <summary>Counts of the answers "probability ≥ threshold".</summary>
    public ConfusionMatrix At(double threshold)
    {
        var (low, high) = (0, _falling.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _falling[middle] >= threshold ? (middle + 1, high) : (low, middle);
        }

        return Among(low);
    }

    /// <summary>The curve's points, from "nobody is a person" (a threshold of infinity) to "everybody is".</summary>
    /// <param name="most">More points than these are thinned out evenly; first and last stay. Range [2, ∞).</param>
    public ImmutableArray<ThresholdPoint> Points(int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        List<int> cuts = [0];
        for (var i = 1; i <= _falling.Length; i++)
        {
            if (i == _falling.Length || _falling[i] < _falling[i - 1])
            {
                cuts.Add(i);
            }
        }

        var kept = cuts.Count <= most ? cuts : Enumerable.Range(0, most).Select(i => cuts[(int)((long)i * (cuts.Count - 1) / (most - 1))]);
        return [.. kept.Select(cut => new ThresholdPoint(cut == 0 ? double.PositiveInfinity : _falling[cut - 1], Among(cut)))];
    }

    private ConfusionMatrix Among(int first) =>
        new(_persons[first], first - _persons[first], Others - (first - _persons[first]), Persons - _persons[first]);
}
