using static TorchSharp.torch.nn;

namespace MLNetPerson.Tuning.Networks;

/// <summary>Pools of pictures.</summary>
internal static class Pools
{
    public static Operator Max(OperatorContext context)
    {
        var window = Window.Of(context, Kernel(context));
        var ceiling = context.Node.Int("ceil_mode", 0) != 0;
        return (inputs, _) =>
        {
            var shape = inputs[0]!.shape;
            if (window.Kernel[0] == shape[2] && window.Kernel[1] == shape[3] && window.Borders(shape[2], shape[3]) == (0, 0, 0, 0))
            {
                // over the whole map: one place takes the gradient, as in a pool
                return inputs[0]!.flatten(2).max(2, keepdim: true).values.unsqueeze(3);
            }

            var (picture, padding) = window.Pad(inputs[0]!, double.NegativeInfinity);
            return functional.max_pool2d(picture, window.Kernel, window.Strides, padding, window.Dilations, ceiling);
        };
    }

    public static Operator Average(OperatorContext context)
    {
        var window = Window.Of(context, Kernel(context));
        var (ceiling, withBorders) = (context.Node.Int("ceil_mode", 0) != 0, context.Node.Int("count_include_pad", 0) != 0);
        return (inputs, _) =>
        {
            var (top, left, bottom, right) = window.Borders(inputs[0]!.shape[2], inputs[0]!.shape[3]);
            if (!withBorders && (top != bottom || left != right))
            {
                throw context.Fault("its borders differ from side to side and do not count; that cannot be trained through");
            }

            var (picture, padding) = window.Pad(inputs[0]!, 0);
            return functional.avg_pool2d(picture, window.Kernel, window.Strides, padding, ceiling, withBorders);
        };
    }

    private static long[] Kernel(OperatorContext context) =>
        context.Node.Ints("kernel_shape") is { Length: 2 } kernel
            ? kernel
            : throw context.Fault("its kernel_shape does not have 2 dimensions");
}
