using System.Numerics.Tensors;

namespace MLNetPerson.Training.Quantization.Calibration;

/// <summary>Smallest and largest value.</summary>
internal sealed class MinMaxFinder : RangeFinder
{
    private float _min = float.PositiveInfinity;
    private float _max = float.NegativeInfinity;

    public override void Add(ReadOnlySpan<float> values)
    {
        if (!values.IsEmpty)
        {
            // Both hand a NaN on, and so does the comparison below.
            _min = MathF.Min(_min, TensorPrimitives.Min(values));
            _max = MathF.Max(_max, TensorPrimitives.Max(values));
        }
    }

    public override TensorRange Range() =>
        float.IsFinite(_min) && float.IsFinite(_max)
            ? new TensorRange(_min, _max)
            : throw new InvalidOperationException($"values from {_min} to {_max} are no range");
}
