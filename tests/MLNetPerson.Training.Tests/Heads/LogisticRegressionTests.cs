using MLNetPerson.Testing;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Tests.Heads;

public sealed class LogisticRegressionTests
{
    private const int Rows = 300;
    private const int Width = 12;

    /// <summary>Newton's method in double precision against L-BFGS on products in single precision, some 1e-7 of a logit's largest term
    /// each.</summary>
    private const double ProbabilityTolerance = 5e-5;

    [Theory, InlineData(1.0), InlineData(0.1), InlineData(0.01)]
    public void The_optimum_is_that_of_a_plain_Newton_method(double l2)
    {
        var (table, labels, weights) = Problem(seed: 8);
        var standard = Standardization.Of(table, Ones());
        var objective = new LogisticObjective(table, standard, labels, weights, [.. Enumerable.Range(0, Rows)]);

        var head = objective.ToHead(LogisticRegression.Minimize(objective, l2, new double[Width + 1], 1e-7, default));

        var expected = Reference.LogisticNewton(Standardised(table, standard), labels, weights, l2);
        for (var row = 0; row < Rows; row++)
        {
            var logit = expected[Width];
            for (var i = 0; i < Width; i++)
            {
                logit += expected[i] * (table.Row(row)[i] - standard.Mean[i]) * standard.Scale[i];
            }

            Assert.Equal(LogitCalibration.None.Apply(logit), LogitCalibration.None.Apply(head.Logit(table.Row(row))), ProbabilityTolerance);
        }
    }

    [Fact]
    public void The_gradient_is_that_of_small_differences()
    {
        var (table, labels, weights) = Problem(seed: 9);
        var objective = new LogisticObjective(
            table,
            Standardization.Of(table, Ones()),
            labels,
            weights,
            [.. Enumerable.Range(0, Rows / 2)]
        );
        var random = new Random(1);
        double[] point = [.. Enumerable.Range(0, Width + 1).Select(_ => random.NextDouble() - 0.5)];
        var gradient = new double[Width + 1];
        objective.Evaluate(point, 0.3, gradient);

        for (var i = 0; i <= Width; i++)
        {
            const double Step = 1e-3;
            var (up, down) = ((double[])point.Clone(), (double[])point.Clone());
            up[i] += Step;
            down[i] -= Step;
            var ignored = new double[Width + 1];
            Assert.Equal((objective.Evaluate(up, 0.3, ignored) - objective.Evaluate(down, 0.3, ignored)) / (2 * Step), gradient[i], 1e-4);
        }
    }

    [Fact]
    public void A_sample_that_counts_twice_is_as_good_as_two()
    {
        var (table, labels, _) = Problem(seed: 10);
        double[] doubled = [.. Enumerable.Range(0, Rows).Select(i => i < 50 ? 2.0 : 1.0)];
        var (repeated, repeatedLabels) = Repeat(table, labels, 50);
        var standard = Standardization.Of(table, Ones());
        var weighted = new LogisticObjective(table, standard, labels, doubled, [.. Enumerable.Range(0, Rows)]);
        var written = new LogisticObjective(
            repeated,
            standard,
            repeatedLabels,
            [.. Enumerable.Repeat(1.0, Rows + 50)],
            [.. Enumerable.Range(0, Rows + 50)]
        );
        var (first, second) = (new double[Width + 1], new double[Width + 1]);
        double[] point = [.. Enumerable.Repeat(0.2, Width + 1)];

        Assert.Equal(written.Evaluate(point, 0.1, second), weighted.Evaluate(point, 0.1, first), 1e-6);
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Fact]
    public void A_constant_feature_gets_no_weight()
    {
        var (table, labels, weights) = Problem(seed: 11);
        for (var row = 0; row < Rows; row++)
        {
            table.Row(row)[3] = 5.25f;
        }

        var objective = new LogisticObjective(table, Standardization.Of(table, Ones()), labels, weights, [.. Enumerable.Range(0, Rows)]);

        Assert.Equal(0, objective.ToHead(LogisticRegression.Minimize(objective, 0.01, new double[Width + 1], 1e-6, default)).Weights[3]);
    }

    [Fact]
    public void Cancelling_ends_the_fit()
    {
        var (table, labels, weights) = Problem(seed: 12);
        var objective = new LogisticObjective(table, Standardization.Of(table, Ones()), labels, weights, [.. Enumerable.Range(0, Rows)]);

        Assert.Throws<OperationCanceledException>(() =>
            LogisticRegression.Minimize(objective, 0.1, new double[Width + 1], 1e-9, new CancellationToken(canceled: true))
        );
    }

    private static double[] Ones() => [.. Enumerable.Repeat(1.0, Width)];

    private static (FeatureTable Table, bool[] Labels, double[] Weights) Problem(int seed)
    {
        var random = new Random(seed);
        var values = new float[Rows * Width];
        var labels = new bool[Rows];
        for (var row = 0; row < Rows; row++)
        {
            var logit = -1.0;
            for (var i = 0; i < Width; i++)
            {
                values[(row * Width) + i] = (float)((random.NextDouble() * (i + 1)) + i);
                logit += (values[(row * Width) + i] - i - ((i + 1) / 2.0)) * (i % 3);
            }

            labels[row] = random.NextDouble() < 1 / (1 + Math.Exp(-logit));
        }

        return (new FeatureTable(Rows, Width, values), labels, [.. Enumerable.Range(0, Rows).Select(_ => 0.5 + random.NextDouble())]);
    }

    private static (FeatureTable, bool[]) Repeat(FeatureTable table, bool[] labels, int count) =>
        (new FeatureTable(Rows + count, Width, [.. table.Values, .. table.Values[..(count * Width)]]), [.. labels, .. labels[..count]]);

    private static double[][] Standardised(FeatureTable table, Standardization standard) =>
        [
            .. Enumerable
                .Range(0, Rows)
                .Select(row =>
                    Enumerable
                        .Range(0, Width)
                        .Select(i => (table.Values[(row * Width) + i] - standard.Mean[i]) * standard.Scale[i])
                        .ToArray()
                ),
        ];
}
