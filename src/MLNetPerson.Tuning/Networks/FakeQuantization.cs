using System.Collections.Immutable;
using static MLNetPerson.Onnx.Graphs.Proto.TensorProto.Types;
using static TorchSharp.torch;

namespace MLNetPerson.Tuning.Networks;

/// <summary>
/// Rounding to integers with a gradient: forward as the integer graph computes, backward as if nothing had been rounded, and zero where a
/// value left the range (the straight-through estimator).
/// </summary>
/// <remarks>
/// Y. Bengio et al., Estimating or propagating gradients through stochastic neurons, 2013, section 4; B. Jacob et al., Quantization and
/// training of neural networks for efficient integer-arithmetic-only inference, CVPR 2018, section 3.
/// </remarks>
internal static class FakeQuantization
{
    /// <summary>Rounds half to even, as ONNX does; the output holds whole numbers as floats.</summary>
    public static Operator Quantize(OperatorContext context)
    {
        var grid = Grid.Of(context, 0);
        return (inputs, _) => grid.ToIntegers(inputs[0]!);
    }

    public static Operator Dequantize(OperatorContext context)
    {
        var grid = Grid.Of(context, 0);
        if (context.Graph.Initializer(context.Node.Input[0]) is { } constant)
        {
            // A weight: trained as a float, computed with as rounded, stored as integers again.
            float[] Exact() => grid.Dequantize(context.Floats(0)!, [.. constant.Dims]);
            var shadow = context.Shadow(constant.Name, [.. constant.Dims], Exact);
            return (_, _) => grid.Round(shadow.Tensor);
        }

        return context.Graph.Producer(context.Node.Input[0]) is { OpType: "QuantizeLinear" }
            ? (inputs, _) => grid.ToReals(inputs[0]!)
            : (inputs, _) => grid.ToReals(inputs[0]!.to(ScalarType.Float32));
    }

    /// <summary>The integers of a trained weight, for the graph that is stored.</summary>
    public static TensorProto Store(OnnxGraph graph, NodeProto dequantize, TensorProto old, ReadOnlySpan<float> values)
    {
        var scales = graph.Initializer(dequantize.Input[1])!.Floats();
        var axis = (int)dequantize.Int("axis", 1);
        var (low, high) = Grid.Limits((DataType)old.DataType);
        long[] dims = [.. old.Dims];
        var inner = dims.Skip(axis + 1).Aggregate(1L, (product, size) => product * size);
        var zero = dequantize.Input.Count > 2 ? Constants.Floats(graph.Initializer(dequantize.Input[2])!) : [0];
        var integers = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var channel = scales.Length == 1 ? 0 : (int)(i / inner % scales.Length);
            integers[i] = Math.Clamp(
                Math.Round(values[i] / scales[channel], MidpointRounding.ToEven) + zero[channel % zero.Length],
                low,
                high
            );
        }

        return (DataType)old.DataType switch
        {
            DataType.Int8 => OnnxTensor.Of(old.Name, [.. integers.Select(value => (sbyte)value)], dims),
            DataType.Uint8 => OnnxTensor.Of(old.Name, [.. integers.Select(value => (byte)value)], dims),
            _ => OnnxTensor.Of(old.Name, [.. integers.Select(value => (int)value)], dims),
        };
    }

    /// <summary>A scale and a zero point, for a whole tensor or for each channel.</summary>
    private sealed class Grid
    {
        private readonly float[] _scales;
        private readonly float[] _zeros;
        private readonly int _axis;
        private readonly (double Low, double High) _limits;
        private readonly OperatorContext _context;
        private readonly Dictionary<int, (Tensor Scale, Tensor Zero)> _shaped = [];

        private Grid(OperatorContext context)
        {
            _context = context;
            _scales = context.Floats(1) ?? throw context.Fault("its scale is computed; only constants are read");
            _zeros = context.Has(2)
                ? context.Floats(2) ?? throw context.Fault("its zero point is computed; only constants are read")
                : new float[_scales.Length];
            _axis = (int)context.Node.Int("axis", 1);
            var type =
                context.Has(2) && context.Graph.Initializer(context.Node.Input[2]) is { } zero ? (DataType)zero.DataType : DataType.Uint8;
            _limits = Limits(type);
        }

        public static Grid Of(OperatorContext context, int _) => new(context);

        public static (double Low, double High) Limits(DataType type) =>
            type switch
            {
                DataType.Uint8 => (0, 255),
                DataType.Int8 => (-128, 127),
                _ => (int.MinValue, int.MaxValue),
            };

        public Tensor ToIntegers(Tensor values)
        {
            var (scale, zero) = Shaped((int)values.dim());
            var exact = ((values / scale) + zero).clamp(_limits.Low, _limits.High);
            using var none = no_grad();
            var rest = exact.detach().round().sub_(exact.detach());
            using var again = enable_grad();
            return exact + rest;
        }

        public Tensor ToReals(Tensor integers)
        {
            var (scale, zero) = Shaped((int)integers.dim());
            return (integers - zero) * scale;
        }

        public Tensor Round(Tensor values)
        {
            var (scale, zero) = Shaped((int)values.dim());
            using var none = no_grad();
            var now = values.detach();
            var rest = (now / scale).round_().add_(zero).clamp_(_limits.Low, _limits.High).sub_(zero).mul_(scale).sub_(now);
            using var again = enable_grad();
            return values + rest;
        }

        public float[] Dequantize(float[] integers, long[] dims)
        {
            var inner = dims.Skip(_axis + 1).Aggregate(1L, (product, size) => product * size);
            return
            [
                .. integers.Select(
                    (value, i) =>
                    {
                        var channel = _scales.Length == 1 ? 0 : (int)(i / inner % _scales.Length);
                        return (value - _zeros[channel % _zeros.Length]) * _scales[channel];
                    }
                ),
            ];
        }

        private (Tensor Scale, Tensor Zero) Shaped(int rank)
        {
            if (_shaped.TryGetValue(rank, out var known))
            {
                return known;
            }

            ImmutableArray<long> shape =
                _scales.Length == 1 ? [] : [.. Enumerable.Range(0, rank).Select(i => i == _axis ? (long)_scales.Length : 1)];
            return _shaped[rank] = (
                _context.Fixed(_scales, shape),
                _context.Fixed([.. Enumerable.Range(0, _scales.Length).Select(i => _zeros[i % _zeros.Length])], shape)
            );
        }
    }
}
