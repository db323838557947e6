using System.Collections.Immutable;

namespace MLNetPerson.Training.Evaluation;

/// <summary>Probabilities against what came true, in the bins of the expected calibration error.</summary>
public static class CalibrationCurve
{
    /// <summary>The bins of equal width that have a sample.</summary>
    /// <param name="probabilities">0 to 1, one per sample.</param>
    /// <param name="labels">Whether there is a person.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static ImmutableArray<CalibrationBin> Of(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        Scores.CheckLengths(probabilities, labels);
        const int Bins = ProbabilityMetrics.CalibrationBins;
        var (count, persons, sum) = (new int[Bins], new int[Bins], new double[Bins]);
        for (var i = 0; i < labels.Length; i++)
        {
            var bin = Math.Min((int)(probabilities[i] * Bins), Bins - 1);
            count[bin]++;
            persons[bin] += labels[i] ? 1 : 0;
            sum[bin] += probabilities[i];
        }

        return
        [
            .. Enumerable
                .Range(0, Bins)
                .Where(bin => count[bin] > 0)
                .Select(bin => new CalibrationBin(
                    bin / (double)Bins,
                    (bin + 1) / (double)Bins,
                    count[bin],
                    sum[bin] / count[bin],
                    WilsonInterval.Of(persons[bin], count[bin])
                )),
        ];
    }
}
