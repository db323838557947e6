using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace MLNetPerson.Training.Detection;

/// <summary>probability = 1 / (1 + exp(−(slope · logit + offset of the level))): what a box's score means, level by level.</summary>
/// <param name="Slope">Above 0.</param>
/// <param name="Offsets">In logits, one for each level.</param>
internal sealed record LevelCalibration(double Slope, ImmutableArray<double> Offsets)
{
    /// <summary>Boxes that a level's own offset has to speak for before it leaves the offset of all levels.</summary>
    private const double PriorBoxes = 8;

    private const double SmallestSlope = 0.05;

    /// <summary>The logistic function as it is.</summary>
    public static LevelCalibration None(int levels) => new(1, [.. Enumerable.Repeat(0.0, levels)]);

    /// <summary>Fits by maximum likelihood.</summary>
    /// <param name="boxes">Logit, level and rightness of boxes that are left after suppression.</param>
    /// <param name="levels">How many levels there are.</param>
    /// <param name="perLevel">Whether each level has an offset of its own; else all have the same, and no two boxes change places.</param>
    /// <exception cref="ArgumentException">All boxes are right, or none is.</exception>
    public static LevelCalibration Fit(IReadOnlyList<(double Logit, int Level, bool IsRight)> boxes, int levels, bool perLevel)
    {
        var right = boxes.Count(box => box.IsRight);
        if (right == 0 || right == boxes.Count)
        {
            throw new ArgumentException("A calibration needs right boxes and wrong ones.", nameof(boxes));
        }

        // slope, common offset, then what each level adds
        var size = perLevel ? 2 + levels : 2;
        var prior = PriorBoxes / 4 / boxes.Count; // a box near 0.5 has a curvature of a quarter
        var best = (Value: double.PositiveInfinity, Point: new double[size]);
        var function = ObjectiveFunction.Gradient(point =>
        {
            var (parameters, gradient) = (point.ToArray(), new double[size]);
            var value = 0.0;
            foreach (var (logit, level, isRight) in boxes)
            {
                var z = (parameters[0] * logit) + parameters[1] + (perLevel ? parameters[2 + level] : 0);
                var softplus = z > 0 ? z + Math.Log(1 + Math.Exp(-z)) : Math.Log(1 + Math.Exp(z));
                var residual = (1 / (1 + Math.Exp(-z))) - (isRight ? 1 : 0);
                value += softplus - (isRight ? z : 0);
                gradient[0] += residual * logit;
                gradient[1] += residual;
                if (perLevel)
                {
                    gradient[2 + level] += residual;
                }
            }

            value /= boxes.Count;
            for (var i = 0; i < size; i++)
            {
                gradient[i] /= boxes.Count;
                if (i >= 2)
                {
                    gradient[i] += prior * parameters[i];
                    value += prior / 2 * parameters[i] * parameters[i];
                }
            }

            if (value < best.Value)
            {
                best = (value, parameters);
            }

            return (value, Vector<double>.Build.Dense(gradient));
        });
        var start = Vector<double>.Build.Dense(size);
        start[0] = 1;
        try
        {
            _ = new LimitedMemoryBfgsMinimizer(1e-8, 1e-12, 1e-12, size, 200).FindMinimum(function, start);
        }
        catch (OptimizationException)
        {
            // The best point so far is the answer.
        }

        return new LevelCalibration(
            Math.Max(SmallestSlope, best.Point[0]),
            [.. Enumerable.Range(0, levels).Select(level => best.Point[1] + (perLevel ? best.Point[2 + level] : 0))]
        );
    }

    /// <summary>This calibration, and another one with a common offset behind it.</summary>
    public LevelCalibration Then(LevelCalibration next) =>
        new(Slope * next.Slope, [.. Offsets.Select((offset, level) => (offset * next.Slope) + next.Offsets[level])]);
}
