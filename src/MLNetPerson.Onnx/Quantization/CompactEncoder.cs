using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Passes;
using MLNetPerson.Onnx.Quantization.Passes;
using MLNetPerson.Onnx.Quantization.Ranges;

namespace MLNetPerson.Onnx.Quantization;

/// <summary>A float graph to a smaller file of the same float graph.</summary>
internal static class CompactEncoder
{
    /// <summary>Weights as 16-bit floats.</summary>
    public static OnnxGraph Half(OnnxGraph source) =>
        PassChain.Run(source, new RemoveIdentity(), new FoldCasts(), new FoldConstants(), new FoldBatchNorm(), new StoreAsHalf()).Graph;

    /// <summary>Weights as bytes, per filter; biases make up for what rounding shifts on average; what is no filter as 16-bit
    /// floats.</summary>
    /// <param name="source">Float, one uint8 input.</param>
    /// <param name="pictures">Inputs of one picture each, to see what the filters see on average.</param>
    /// <param name="shape">The input's shape.</param>
    /// <param name="cancellation">Ends the work between two pictures.</param>
    /// <exception cref="QuantizationException">A tensor is not finite on a picture, or there is none.</exception>
    public static OnnxGraph Weights(OnnxGraph source, IEnumerable<byte[]> pictures, long[] shape, CancellationToken cancellation = default)
    {
        var graph = PassChain
            .Run(TensorKinds.Marked(source), new RemoveIdentity(), new FoldCasts(), new FoldConstants(), new FoldBatchNorm())
            .Graph;
        var convolutions = graph
            .Nodes.Where(node => node.IsStandard("Conv") && !graph.NotFloat.Contains(node.Output[0]) && !graph.IsConstant(node.Input[0]))
            .ToList();
        var depthwise = convolutions.Where(node => node.Int("group", 1) != 1).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        List<string> read =
        [
            .. convolutions.Where(node => !depthwise.Contains(node.Name)).Select(node => node.Input[0]).Distinct(StringComparer.Ordinal),
        ];
        var calibrated = Calibrator.Run(graph, read, pictures, shape, RangeMethod.MinMax, 100, cancellation);
        return PassChain
            .Run(graph, new CorrectBias(calibrated, IntegerRange.Weights, depthwise), new StoreWeightsAsBytes(), new StoreAsHalf())
            .Graph;
    }
}
