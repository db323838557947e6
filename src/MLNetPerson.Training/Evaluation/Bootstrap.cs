using System.Runtime.InteropServices;

namespace MLNetPerson.Training.Evaluation;

/// <summary>Percentile intervals by drawing samples with replacement.</summary>
internal static class Bootstrap
{
    /// <summary>Enough that the interval's ends move by less than they mean.</summary>
    public const int Draws = 1000;

    /// <summary>More samples than this are counted instead of drawn.</summary>
    public const int Many = 1 << 16;

    private static readonly byte[] Poisson = PoissonTable();

    /// <summary>A metric of scores and labels that compiles to a method group.</summary>
    public delegate double Metric(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels);

    public static Estimate Of(Metric metric, ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int seed)
    {
        var random = new Random(seed);
        var values = new List<double>(Draws);
        var (drawnScores, drawnLabels) = (new double[scores.Length], new bool[labels.Length]);
        for (var draw = 0; draw < Draws && labels.Length > 0; draw++)
        {
            for (var i = 0; i < drawnScores.Length; i++)
            {
                var from = random.Next(drawnScores.Length);
                (drawnScores[i], drawnLabels[i]) = (scores[from], labels[from]);
            }

            if (metric(drawnScores, drawnLabels) is var value && double.IsFinite(value))
            {
                values.Add(value);
            }
        }

        return Of(values, labels.Length == 0 ? double.NaN : metric(scores, labels));
    }

    /// <summary>
    /// The same where samples are many: each counts Poisson(1) times instead of being drawn, which needs no sorting anew and runs on all
    /// cores. Between 65,536 samples and infinity the two say the same.
    /// </summary>
    /// <remarks>N. Chamandy, O. Muralidharan, A. Najmi, S. Naidu, Estimating uncertainty for massive data streams, Google 2012.</remarks>
    /// <param name="metric">Of how often each sample counts.</param>
    /// <param name="value">The metric where each counts once.</param>
    /// <param name="count">Of samples.</param>
    /// <param name="seed">Of the draws.</param>
    public static Estimate OfMany(Func<byte[], double> metric, double value, int count, int seed)
    {
        var values = new double[Draws];
        Parallel.For(
            0,
            Draws,
            () => (Times: new byte[count], Bits: new byte[count * sizeof(ushort)]),
            (draw, _, buffers) =>
            {
                new Random(HashCode(seed, draw)).NextBytes(buffers.Bits);
                var bits = MemoryMarshal.Cast<byte, ushort>(buffers.Bits.AsSpan());
                for (var i = 0; i < count; i++)
                {
                    buffers.Times[i] = Poisson[bits[i]];
                }

                values[draw] = metric(buffers.Times);
                return buffers;
            },
            _ => { }
        );
        return Of([.. values.Where(double.IsFinite)], value);
    }

    private static int HashCode(int seed, int draw) => unchecked((seed * 1_000_003) + draw);

    /// <summary>Sixteen bits of chance to a Poisson number with mean 1.</summary>
    private static byte[] PoissonTable()
    {
        var table = new byte[ushort.MaxValue + 1];
        var (number, probability, sum) = (0, Math.Exp(-1), Math.Exp(-1));
        for (var i = 0; i < table.Length; i++)
        {
            while ((i + 0.5) / table.Length > sum && number < 12)
            {
                probability /= ++number;
                sum += probability;
            }

            table[i] = (byte)number;
        }

        return table;
    }

    private static Estimate Of(List<double> values, double value)
    {
        values.Sort();
        var interval = values.Count == 0 ? new Interval(double.NaN, double.NaN) : new Interval(At(0.025), At(0.975));
        return new Estimate(value, interval);

        double At(double quantile) => values[(int)Math.Round(quantile * (values.Count - 1))];
    }
}
