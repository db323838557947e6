using System.Numerics.Tensors;

namespace MLNetPerson.Training.Heads;

/// <summary>
/// L-BFGS turned inside out: it says at which point it wants to know the objective, and is told. So several searches share one pass over
/// data
/// that is read from a disk.
/// </summary>
/// <remarks>J. Nocedal, S. Wright, Numerical Optimization, algorithm 7.4, with an approximate inverse Hessian in the place of γI, and
/// backtracking: with a good approximation nearly every first step is taken.</remarks>
internal sealed class QuasiNewton
{
    private const int Memory = 10;
    private const int MostSteps = 200;
    private const double Armijo = 1e-4;
    private const double ShortestStep = 1e-5;

    /// <summary>Relative noise of an objective that is summed in single precision.</summary>
    private const double Noise = 1e-9;

    private readonly Func<double[], double[]> _precondition;
    private readonly double _tolerance;
    private readonly List<(double[] Step, double[] Change, double Product)> _pairs = [];
    private double[] _gradient = [];
    private double[] _direction = [];
    private double _value = double.NaN;
    private double _slope;
    private double _length;
    private int _steps;

    /// <param name="start">Where to begin; not changed.</param>
    /// <param name="precondition">Applies an approximation of the inverse Hessian; gives a new vector.</param>
    /// <param name="tolerance">Largest component of the gradient that counts as zero.</param>
    public QuasiNewton(double[] start, Func<double[], double[]> precondition, double tolerance)
    {
        (Best, Next, _precondition, _tolerance) = (start, start, precondition, tolerance);
    }

    /// <summary>The best point so far.</summary>
    public double[] Best { get; private set; }

    /// <summary>The point at which the objective is wanted.</summary>
    public double[] Next { get; private set; }

    /// <summary>Whether <see cref="Best"/> is the answer.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Takes the objective and its gradient at <see cref="Next"/>.</summary>
    public void Tell(double value, double[] gradient)
    {
        if (double.IsNaN(_value))
        {
            Take(value, gradient);
            return;
        }

        if (value <= _value + (Armijo * _length * _slope) + (Noise * Math.Abs(_value)))
        {
            var change = new double[gradient.Length];
            TensorPrimitives.Subtract<double>(gradient, _gradient, change);
            var step = new double[gradient.Length];
            TensorPrimitives.Subtract<double>(Next, Best, step);
            Remember(step, change);
            Take(value, gradient);
            return;
        }

        _length /= 2;
        if (_length < ShortestStep)
        {
            IsDone = true; // no step along the line helps in single precision any more
            return;
        }

        Next = Along();
    }

    private void Take(double value, double[] gradient)
    {
        (Best, _value, _gradient) = (Next, value, gradient);
        IsDone = TensorPrimitives.MaxMagnitude<double>(gradient) is var largest && Math.Abs(largest) <= _tolerance || ++_steps > MostSteps;
        if (IsDone)
        {
            return;
        }

        _direction = Direction();
        _slope = FixedOrder.Dot(_direction, gradient);
        if (!(_slope < 0))
        {
            _pairs.Clear();
            _direction = Direction();
            _slope = FixedOrder.Dot(_direction, gradient);
        }

        _length = 1;
        Next = Along();
    }

    private double[] Along()
    {
        var point = new double[Best.Length];
        TensorPrimitives.MultiplyAdd(_direction, _length, Best, point);
        return point;
    }

    private void Remember(double[] step, double[] change)
    {
        var product = FixedOrder.Dot(step, change);
        if (product > 1e-14 * Math.Sqrt(FixedOrder.Dot(step, step) * FixedOrder.Dot(change, change)))
        {
            _pairs.Add((step, change, product));
            if (_pairs.Count > Memory)
            {
                _pairs.RemoveAt(0);
            }
        }
    }

    private double[] Direction()
    {
        var direction = (double[])_gradient.Clone();
        var factors = new double[_pairs.Count];
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            factors[i] = FixedOrder.Dot(_pairs[i].Step, direction) / _pairs[i].Product;
            TensorPrimitives.MultiplyAdd(_pairs[i].Change, -factors[i], direction, direction);
        }

        direction = _precondition(direction);
        for (var i = 0; i < _pairs.Count; i++)
        {
            var factor = factors[i] - (FixedOrder.Dot(_pairs[i].Change, direction) / _pairs[i].Product);
            TensorPrimitives.MultiplyAdd(_pairs[i].Step, factor, direction, direction);
        }

        TensorPrimitives.Negate<double>(direction, direction);
        return direction;
    }
}
