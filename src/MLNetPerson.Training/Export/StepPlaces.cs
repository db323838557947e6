using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;

namespace MLNetPerson.Training.Export;

/// <summary>Where the steps of a tap lie in the picture, along one axis: step i is centred at First + i · Stride pixels from the
/// edge.</summary>
/// <param name="First">Pixels from the edge to the first step's centre.</param>
/// <param name="Stride">Pixels from one step to the next.</param>
internal readonly record struct StepPlaces(double First, double Stride)
{
    /// <summary>Operations that see a neighbourhood. Others that may stand between picture and tap leave every place where it is.</summary>
    private static readonly HashSet<string> Spatial = new(StringComparer.Ordinal) { "Conv", "MaxPool", "AveragePool" };

    /// <summary>
    /// Follows kernels, strides and padding from the picture to the tap. It matters: padding at the right and bottom only, as TensorFlow
    /// does, moves the steps of stride 32 by half a step. Where that does not lead to the tap's size (an unknown operation), steps are
    /// spread evenly.
    /// </summary>
    /// <param name="graph">With the picture as its input.</param>
    /// <param name="tap">A tensor of it.</param>
    /// <param name="axis">0 along the height, 1 along the width.</param>
    /// <param name="side">The picture's pixels along that axis.</param>
    /// <param name="steps">The tap's steps along that axis.</param>
    public static StepPlaces Of(OnnxGraph graph, string tap, int axis, int side, int steps)
    {
        var path = new Stack<NodeProto>();
        for (
            var node = graph.Producer(tap);
            node is not null;
            node = node.Input.FirstOrDefault(input => !graph.IsConstant(input)) is { } input ? graph.Producer(input) : null
        )
        {
            if (Spatial.Contains(node.OpType))
            {
                path.Push(node);
            }
        }

        var (size, stride, first) = (side, 1.0, 0.5);
        foreach (var node in path)
        {
            var (reach, step, before, after) = Window(graph, node, axis, size);
            (first, stride) = (first + (stride * ((reach / 2.0) - before)), stride * step);
            size = ((size + before + after - reach - 1) / step) + 1;
        }

        return size == steps ? new StepPlaces(first, stride) : new StepPlaces(side / 2.0 / steps, (double)side / steps);
    }

    /// <summary>A matrix that spreads steps over evenly divided cells and loses nothing: each step between the cells next to its
    /// centre.</summary>
    /// <param name="steps">Columns.</param>
    /// <param name="cells">Rows.</param>
    /// <param name="side">The picture's pixels along the axis.</param>
    /// <returns>[cells, steps]; each column's sum is 1.</returns>
    public float[] Spread(int steps, int cells, int side)
    {
        var matrix = new float[cells * steps];
        var (cell, columns) = ((double)side / cells, Math.Max(Stride, (double)side / cells));
        for (var step = 0; step < steps; step++)
        {
            // A centre at the border, or beyond it by padding, belongs to the cells at the border.
            var centre = Math.Clamp(First + (step * Stride), cell / 2, side - (cell / 2));
            double[] shares =
            [
                .. Enumerable.Range(0, cells).Select(i => Math.Max(0, 1 - (Math.Abs(((i + 0.5) * cell) - centre) / columns))),
            ];
            var sum = shares.Sum();
            for (var i = 0; i < cells; i++)
            {
                matrix[(i * steps) + step] = (float)(shares[i] / sum);
            }
        }

        return matrix;
    }

    /// <summary>Pixels between a window's first and last, its step, and the padding on both sides.</summary>
    private static (int Reach, int Step, int Before, int After) Window(OnnxGraph graph, NodeProto node, int axis, int size)
    {
        long Along(string name, long otherwise) => node.Ints(name) is { Length: 2 } values ? values[axis] : otherwise;
        var kernel = Along(
            "kernel_shape",
            node.OpType == "Conv" && graph.Initializer(node.Input[1]) is { Dims.Count: 4 } weights ? weights.Dims[2 + axis] : 1
        );
        var (step, reach) = ((int)Along("strides", 1), (int)((kernel - 1) * Along("dilations", 1)));
        var padding = node.Text("auto_pad", "NOTSET");
        if (padding.StartsWith("SAME", StringComparison.Ordinal))
        {
            var total = Math.Max(0, ((((size + step - 1) / step) - 1) * step) + reach + 1 - size);
            return padding == "SAME_UPPER" ? (reach, step, total / 2, total - (total / 2)) : (reach, step, total - (total / 2), total / 2);
        }

        return padding == "NOTSET" && node.Ints("pads") is { Length: 4 } pads
            ? (reach, step, (int)pads[axis], (int)pads[2 + axis])
            : (reach, step, 0, 0);
    }
}
