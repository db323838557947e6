using static TorchSharp.torch.nn;

namespace MLNetPerson.Tuning.Networks;

/// <summary>Convolutions of pictures.</summary>
internal static class Convolutions
{
    public static Operator Conv(OperatorContext context)
    {
        var node = context.Node;
        var kernel =
            node.Ints("kernel_shape")
            ?? [.. context.Graph.Initializer(node.Input[1])?.Dims.Skip(2) ?? throw context.Fault("its kernel's size is not known")];
        if (kernel.Length != 2)
        {
            throw context.Fault($"its kernel has {kernel.Length} dimensions; pictures have 2");
        }

        var (weights, bias) = (context.Trainable(1), context.Trainable(2));
        var window = Window.Of(context, kernel);
        var (strides, dilations, groups) = (window.Strides, window.Dilations, node.Int("group", 1));
        return (inputs, _) =>
        {
            var (picture, padding) = window.Pad(inputs[0]!, 0);
            return functional.conv2d(
                picture,
                weights?.Tensor ?? inputs[1]!,
                bias?.Tensor ?? inputs.ElementAtOrDefault(2),
                strides,
                padding,
                dilations,
                groups
            );
        };
    }
}
