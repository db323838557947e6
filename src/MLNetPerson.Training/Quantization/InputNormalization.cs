using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Proto;
using static MLNetPerson.Training.Onnx.Proto.TensorProto.Types;

namespace MLNetPerson.Training.Quantization;

/// <summary>
/// The beginning of a model of ours: a uint8 picture, turned to channels-first, cast to float, multiplied and shifted channel by
/// channel. With scale and zero point chosen right, the bytes themselves are the integers of what comes out.
/// </summary>
internal sealed class InputNormalization
{
    /// <summary>How many levels of 255 a channel's zero may lie off the common zero point; what is left goes into biases, and at borders
    /// nowhere.</summary>
    private const double MostLevelsOff = 1;

    private InputNormalization(NodeProto[] nodes, string pixels, string normalised, double[] scale, double[] offset)
    {
        Nodes = nodes;
        Pixels = pixels;
        Normalised = normalised;
        Scale = scale;
        Offset = offset;
    }

    /// <summary>Cast, Mul and Add: what goes away.</summary>
    public NodeProto[] Nodes { get; }

    /// <summary>The uint8 tensor before them, channels first.</summary>
    public string Pixels { get; }

    /// <summary>The float tensor behind them.</summary>
    public string Normalised { get; }

    /// <summary>[3] normalised = scale · byte + offset.</summary>
    public double[] Scale { get; }

    /// <summary>[3].</summary>
    public double[] Offset { get; }

    /// <summary>One step of the common integers: the mean of the channels'.</summary>
    public double CommonScale => Scale.Average();

    /// <summary>The byte that stands for zero.</summary>
    public int ZeroPoint =>
        (int)Math.Clamp(Math.Round(Enumerable.Range(0, 3).Average(c => -Offset[c] / Scale[c]), MidpointRounding.AwayFromZero), 0, 255);

    /// <summary>Finds the beginning; null where the graph begins otherwise, or where bytes cannot stand for its values.</summary>
    public static InputNormalization? Find(OnnxGraph graph)
    {
        var cast = graph.Nodes.FirstOrDefault(node =>
            node.IsStandard("Cast") && node.Int("to", 0) == (long)DataType.Float && IsPixels(graph, node.Input[0])
        );
        if (
            cast is null
            || graph.OnlyConsumer(cast.Output[0]) is not { } mul
            || !mul.IsStandard("Mul")
            || graph.OnlyConsumer(mul.Output[0]) is not { } add
            || !add.IsStandard("Add")
            || graph.IsOutput(add.Output[0])
            || Channels(graph, mul) is not { } scale
            || Channels(graph, add) is not { } offset
            || scale.Any(value => value <= 0)
            || graph.Consumers(add.Output[0]).Any(consumer => !consumer.IsStandard("Conv"))
        )
        {
            return null;
        }

        var found = new InputNormalization([cast, mul, add], cast.Input[0], add.Output[0], scale, offset);
        return Enumerable.Range(0, 3).All(c => Math.Abs((-offset[c] / scale[c]) - found.ZeroPoint) <= MostLevelsOff) ? found : null;
    }

    private static bool IsPixels(OnnxGraph graph, string tensor)
    {
        var producer = graph.Producer(tensor);
        return producer is not null && producer.IsStandard("Transpose") && graph.InputNames.Contains(producer.Input[0]);
    }

    private static double[]? Channels(OnnxGraph graph, NodeProto node)
    {
        var constant = node.Input.Select(graph.Initializer).FirstOrDefault(tensor => tensor is not null);
        return constant is { Dims: [1, 3, 1, 1] } && constant.IsFloat() ? [.. constant.Floats().Select(value => (double)value)] : null;
    }
}
