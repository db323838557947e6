using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetPerson.Tuning.Networks;

/// <summary>Where a window of a convolution or pool stands: size, steps, and borders, which Torch only takes when both sides are
/// alike.</summary>
internal sealed class Window
{
    private readonly long[] _pads; // top, left, bottom, right
    private readonly string _automatic;

    private Window(OperatorContext context, long[] kernel)
    {
        var node = context.Node;
        Kernel = kernel;
        Strides = node.Ints("strides") ?? [1, 1];
        Dilations = node.Ints("dilations") ?? [1, 1];
        _pads = node.Ints("pads") ?? [0, 0, 0, 0];
        _automatic = node.Text("auto_pad", "NOTSET");
        if (_automatic is not ("NOTSET" or "SAME_UPPER" or "SAME_LOWER" or "VALID"))
        {
            throw context.Fault($"its auto_pad is '{_automatic}'");
        }
    }

    public long[] Kernel { get; }

    public long[] Strides { get; }

    public long[] Dilations { get; }

    public static Window Of(OperatorContext context, long[] kernel) => new(context, kernel);

    /// <summary>The borders of a picture of that size.</summary>
    public (long Top, long Left, long Bottom, long Right) Borders(long height, long width)
    {
        if (_automatic == "VALID")
        {
            return (0, 0, 0, 0);
        }

        if (_automatic == "NOTSET")
        {
            return (_pads[0], _pads[1], _pads[2], _pads[3]);
        }

        var (top, bottom) = Same(0, height);
        var (left, right) = Same(1, width);
        return (top, left, bottom, right);
    }

    /// <summary>Pads where both sides differ; else names the padding that Torch itself adds.</summary>
    public (Tensor Picture, long[] Padding) Pad(Tensor picture, double value)
    {
        var (top, left, bottom, right) = Borders(picture.shape[2], picture.shape[3]);
        return top == bottom && left == right
            ? (picture, [top, left])
            : (functional.pad(picture, [left, right, top, bottom], PaddingModes.Constant, value), [0, 0]);
    }

    private (long Before, long After) Same(int axis, long size)
    {
        var reach = ((Kernel[axis] - 1) * Dilations[axis]) + 1;
        var steps = (size + Strides[axis] - 1) / Strides[axis];
        var total = Math.Max(0, ((steps - 1) * Strides[axis]) + reach - size);
        return _automatic == "SAME_UPPER" ? (total / 2, total - (total / 2)) : (total - (total / 2), total / 2);
    }
}
