using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetPerson.Tuning.Networks;

/// <summary>ONNX operators in terms of Torch, by the operators' specification for opset 13 and later.</summary>
internal static class Operators
{
    private static readonly Dictionary<string, Func<OperatorContext, Operator>> Known = new(StringComparer.Ordinal)
    {
        ["Conv"] = Convolutions.Conv,
        ["MaxPool"] = Pools.Max,
        ["AveragePool"] = Pools.Average,
        ["GlobalAveragePool"] = context => (inputs, _) => inputs[0]!.mean([2, 3], keepdim: true),
        ["GlobalMaxPool"] = context => (inputs, _) => inputs[0]!.amax([2, 3], keepdim: true),
        ["BatchNormalization"] = BatchNormalization,
        ["Gemm"] = Gemm,
        ["MatMul"] = MatMul,
        ["Relu"] = context => (inputs, _) => inputs[0]!.relu(),
        ["Clip"] = Clip,
        ["LeakyRelu"] = context =>
        {
            var slope = context.Node.Float("alpha", 0.01f);
            return (inputs, _) => functional.leaky_relu(inputs[0]!, slope);
        },
        ["HardSwish"] = context => (inputs, _) => inputs[0]!.hardswish(),
        ["HardSigmoid"] = HardSigmoid,
        ["Sigmoid"] = context => (inputs, _) => inputs[0]!.sigmoid(),
        ["Tanh"] = context => (inputs, _) => inputs[0]!.tanh(),
        ["Softmax"] = context =>
        {
            var axis = context.Node.Int("axis", -1);
            return (inputs, _) => functional.softmax(inputs[0]!, axis);
        },
        ["Add"] = context => Binary(context, (a, b) => a + b),
        ["Sub"] = context => Binary(context, (a, b) => a - b),
        ["Mul"] = context => Binary(context, (a, b) => a * b),
        ["Div"] = context => Binary(context, (a, b) => a / b),
        ["Concat"] = context =>
        {
            var axis = context.Node.Int("axis", 0);
            return (inputs, _) => cat([.. inputs.Select(input => input!)], axis);
        },
        ["Flatten"] = Flatten,
        ["Reshape"] = Reshape,
        ["Transpose"] = Transpose,
        ["Identity"] = context => (inputs, _) => inputs[0]!.alias(),
        ["Dropout"] = context => (inputs, _) => inputs[0]!.alias(),
        ["Cast"] = Cast,
        ["Squeeze"] = Squeeze,
        ["Unsqueeze"] = Unsqueeze,
        ["ReduceMean"] = context => Reduce(context, (values, axes, keep) => values.mean(axes, keepdim: keep)),
        ["ReduceSum"] = context => Reduce(context, (values, axes, keep) => values.sum(axes, keepdim: keep)),
        ["Gather"] = Gather,
        ["Pad"] = Pad,
        ["QuantizeLinear"] = FakeQuantization.Quantize,
        ["DequantizeLinear"] = FakeQuantization.Dequantize,
    };

    /// <summary>All operators that can be trained through.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Translates one node.</summary>
    /// <exception cref="TuningException">The operator is unknown, or used in a way that is not.</exception>
    public static Operator Translate(OperatorContext context) =>
        context.Node.IsStandard(context.Node.OpType) && Known.TryGetValue(context.Node.OpType, out var make)
            ? make(context)
            : throw context.Fault(
                $"the operator is unknown here{(context.Node.Domain.Length > 0 ? $" (domain '{context.Node.Domain}')" : "")}. Known: "
                    + $"{string.Join(", ", Known.Keys.Order(StringComparer.Ordinal))}"
            );

    private static Operator Binary(OperatorContext context, Func<Tensor, Tensor, Tensor> operation)
    {
        var (left, right) = (Constant(context, 0), Constant(context, 1));
        return (inputs, _) => operation(left ?? inputs[0]!, right ?? inputs[1]!);
    }

    /// <summary>
    /// A constant operand: trained where it has one value per channel and stands behind the first weighted layer, fixed otherwise (the
    /// picture's normalisation, the factors inside an activation function).
    /// </summary>
    private static Tensor? Constant(OperatorContext context, int input)
    {
        if (
            context.Graph.Initializer(context.Node.Input[input]) is { } tensor
            && tensor.IsFloat()
            && tensor.Count() > 1
            && context.IsBehindWeights
        )
        {
            return context.Trainable(input)!.Tensor;
        }

        return context.Floats(input) is { } values ? context.Fixed(values, context.Shape(input)) : null;
    }

    private static Operator Clip(OperatorContext context)
    {
        var low = Bound(1, "min", float.NegativeInfinity);
        var high = Bound(2, "max", float.PositiveInfinity);

        // A tensor that nobody else reads may be overwritten: the convolution before does not need it for its gradient.
        var alone =
            context.Graph.OnlyConsumer(context.Node.Input[0]) is not null
            && context.Graph.Producer(context.Node.Input[0]) is { OpType: "Conv" or "BatchNormalization" };
        return (low, high) switch
        {
            (0, 6) when alone => (inputs, _) => inputs[0]!.relu6_(),
            (0, 6) => (inputs, _) => inputs[0]!.relu6(),
            (0, float.PositiveInfinity) => (inputs, _) => inputs[0]!.relu(),
            _ => (inputs, _) => inputs[0]!.clamp(float.IsInfinity(low) ? null : low, float.IsInfinity(high) ? null : high),
        };

        float Bound(int input, string name, float otherwise) =>
            !context.Has(input) ? otherwise
            : context.Floats(input) is [var value] ? value
            : throw context.Fault($"its {name} is computed; only constants are read");
    }

    private static Operator HardSigmoid(OperatorContext context)
    {
        var (alpha, beta) = (context.Node.Float("alpha", 0.2f), context.Node.Float("beta", 0.5f));
        return Math.Abs(alpha - (1f / 6)) < 1e-6f && beta == 0.5f
            ? (inputs, _) => inputs[0]!.hardsigmoid()
            : (inputs, _) => ((inputs[0]! * alpha) + beta).clamp(0, 1);
    }

    private static Operator BatchNormalization(OperatorContext context)
    {
        var (scale, bias) = (context.Trainable(1), context.Trainable(2));
        var (mean, variance) = (context.Trainable(3, isBuffer: true), context.Trainable(4, isBuffer: true));
        if (scale is null || bias is null || mean is null || variance is null)
        {
            throw context.Fault("its scale, bias, mean and variance must be float constants");
        }

        double epsilon = context.Node.Float("epsilon", 1e-5f);
        var momentum = 1 - (double)context.Node.Float("momentum", 0.9f); // ONNX keeps this share, Torch takes that share
        return (inputs, mode) =>
            functional.batch_norm(
                inputs[0]!,
                mean.Tensor,
                variance.Tensor,
                scale.Tensor,
                bias.Tensor,
                mode == NetworkMode.TrainNormalization && scale.Trains,
                momentum,
                epsilon
            );
    }

    private static Operator Gemm(OperatorContext context)
    {
        var (alpha, beta) = (context.Node.Float("alpha", 1), context.Node.Float("beta", 1));
        var (transposeA, transposeB) = (context.Node.Int("transA", 0) != 0, context.Node.Int("transB", 0) != 0);
        var (weights, bias) = (context.Trainable(1), context.Trainable(2));
        return (inputs, _) =>
        {
            var a = transposeA ? inputs[0]!.t() : inputs[0]!;
            var given = weights?.Tensor ?? inputs[1]!;
            var product = a.matmul(transposeB ? given.t() : given);
            product = alpha == 1 ? product : product * alpha;
            var shift = bias?.Tensor ?? inputs.ElementAtOrDefault(2);
            return shift is null ? product : product + (beta == 1 ? shift : shift * beta);
        };
    }

    private static Operator MatMul(OperatorContext context)
    {
        var (left, right) = (context.Trainable(0), context.Trainable(1));
        return (inputs, _) => (left?.Tensor ?? inputs[0]!).matmul(right?.Tensor ?? inputs[1]!);
    }

    private static Operator Flatten(OperatorContext context)
    {
        var axis = (int)context.Node.Int("axis", 1);
        return (inputs, _) =>
        {
            var shape = inputs[0]!.shape;
            var rows = shape.Take(axis < 0 ? axis + shape.Length : axis).Aggregate(1L, (product, size) => product * size);
            return inputs[0]!.reshape(rows, -1);
        };
    }

    private static Operator Reshape(OperatorContext context)
    {
        var wanted = context.Integers(1, "shape");
        var keepsZero = context.Node.Int("allowzero", 0) != 0;
        return (inputs, _) => inputs[0]!.reshape([.. wanted.Select((size, i) => size == 0 && !keepsZero ? inputs[0]!.shape[i] : size)]);
    }

    private static Operator Transpose(OperatorContext context)
    {
        var order = context.Node.Ints("perm");
        return (inputs, _) =>
            inputs[0]!.permute(order ?? [.. Enumerable.Range(0, (int)inputs[0]!.dim()).Reverse().Select(axis => (long)axis)]);
    }

    private static Operator Cast(OperatorContext context)
    {
        var to = (TensorProto.Types.DataType)context.Node.Int("to", 0);
        return to == TensorProto.Types.DataType.Float
            ? (inputs, _) => inputs[0]!.to(ScalarType.Float32).alias()
            : throw context.Fault($"it casts to {to}; only Float can be trained through");
    }

    private static Operator Squeeze(OperatorContext context)
    {
        var axes = context.Has(1) ? context.Integers(1, "axes") : throw context.Fault("it names no axes");
        return (inputs, _) =>
            inputs[0]!.reshape([.. inputs[0]!.shape.Where((_, i) => !axes.Any(axis => (axis < 0 ? axis + inputs[0]!.dim() : axis) == i))]);
    }

    private static Operator Unsqueeze(OperatorContext context)
    {
        var axes = context.Integers(1, "axes");
        return (inputs, _) =>
        {
            var rank = inputs[0]!.dim() + axes.Length;
            List<long> shape = [.. inputs[0]!.shape];
            foreach (var axis in axes.Select(axis => axis < 0 ? axis + rank : axis).Order())
            {
                shape.Insert((int)axis, 1);
            }

            return inputs[0]!.reshape([.. shape]);
        };
    }

    private static Operator Reduce(OperatorContext context, Func<Tensor, long[], bool, Tensor> reduction)
    {
        var axes = context.Node.Ints("axes") ?? (context.Has(1) ? context.Integers(1, "axes") : throw context.Fault("it names no axes"));
        var keep = context.Node.Int("keepdims", 1) != 0;
        return (inputs, _) => reduction(inputs[0]!, axes, keep);
    }

    private static Operator Gather(OperatorContext context)
    {
        var axis = context.Node.Int("axis", 0);
        var indices = context.FixedIntegers(context.Integers(1, "indices"));
        return (inputs, _) => inputs[0]!.index_select(axis, indices);
    }

    private static Operator Pad(OperatorContext context)
    {
        if (
            context.Node.Text("mode", "constant") != "constant"
            || context.Integers(1, "pads") is not [0, 0, var top, var left, 0, 0, var bottom, var right]
        )
        {
            throw context.Fault("only constant padding of height and width can be trained through");
        }

        var value = context.Has(2) ? context.Floats(2)?[0] ?? throw context.Fault("its value is computed") : 0;
        return (inputs, _) => functional.pad(inputs[0]!, [left, right, top, bottom], PaddingModes.Constant, value);
    }
}
