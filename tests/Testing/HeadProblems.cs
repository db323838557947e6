using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Testing;

/// <summary>Drawn problems for heads: the same on every machine, so that numbers of one solver can be kept for another.</summary>
public static class HeadProblems
{
    public const int Rows = 400;
    public const int Width = 12;

    /// <summary>Features of very different spread, labels that mostly follow them.</summary>
    public static HeadProblem Drawn(int seed, bool weighted)
    {
        var random = new Random(seed);
        var values = new float[Rows * Width];
        var labels = new bool[Rows];
        for (var row = 0; row < Rows; row++)
        {
            var logit = -0.5;
            for (var i = 0; i < Width; i++)
            {
                var value = random.NextDouble() - 0.5;
                values[(row * Width) + i] = (float)((value * Math.Pow(2, i - 4)) + i);
                logit += value * (6 - i);
            }

            labels[row] = random.NextDouble() < 1 / (1 + Math.Exp(-3 * logit));
        }

        var weights = Enumerable.Range(0, Rows).Select(_ => weighted ? 0.5 + random.NextDouble() : 1.0).ToArray();
        var table = new FeatureTable(Rows, Width, values);
        return HeadProblem.On(table, Standardization.Of(table, Enumerable.Repeat(1.0, Width).ToArray()), labels, weights)([
            .. Enumerable.Range(0, Rows),
        ]);
    }

    public static double Logit(HeadProblem problem, double[] parameters, int index)
    {
        var logit = parameters[^1];
        var features = problem.Features(index).Span;
        for (var i = 0; i < features.Length; i++)
        {
            logit += parameters[i] * features[i];
        }

        return logit;
    }

    public static double[] Probabilities(HeadProblem problem, double[] parameters) =>
        [.. Enumerable.Range(0, problem.Count).Select(i => 1 / (1 + Math.Exp(-Logit(problem, parameters, i))))];

    public static double[] Probabilities(HeadProblem problem, IHeadSolver solver, double l2) =>
        Probabilities(problem, solver.Fit(problem, l2, new double[problem.Width + 1], isTrial: false, default));
}
