using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace MLNetPerson.Training.Heads;

/// <summary>Minimises a <see cref="LogisticObjective"/> with MathNet's L-BFGS.</summary>
internal static class LogisticRegression
{
    private const int Memory = 10;
    private const int MostIterations = 1000;

    /// <summary>Finds the optimum.</summary>
    /// <param name="objective">What to minimise.</param>
    /// <param name="l2">λ.</param>
    /// <param name="start">Where to start; not changed.</param>
    /// <param name="tolerance">Largest component of the gradient that counts as zero.</param>
    /// <param name="cancellation">Ends the search between two evaluations.</param>
    public static double[] Minimize(
        LogisticObjective objective,
        double l2,
        double[] start,
        double tolerance,
        CancellationToken cancellation
    )
    {
        var best = (Value: double.PositiveInfinity, Point: start);
        var function = ObjectiveFunction.Gradient(point =>
        {
            cancellation.ThrowIfCancellationRequested();
            var (parameters, gradient) = (point.ToArray(), new double[objective.Size]);
            var value = objective.Evaluate(parameters, l2, gradient);
            if (value < best.Value)
            {
                best = (value, parameters);
            }

            return (value, Vector<double>.Build.Dense(gradient));
        });
        var minimizer = new LimitedMemoryBfgsMinimizer(
            gradientTolerance: tolerance,
            parameterTolerance: 1e-12,
            functionProgressTolerance: 1e-12,
            memory: Memory,
            maximumIterations: MostIterations
        );
        try
        {
            _ = minimizer.FindMinimum(function, Vector<double>.Build.Dense((double[])start.Clone()));
        }
        catch (OptimizationException) when (!cancellation.IsCancellationRequested)
        {
            // No step along the line helps in double precision any more, or the iterations are used up: the best point is the answer.
        }

        return best.Point;
    }
}
