using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Passes;

namespace MLNetPerson.Onnx.Quantization.Passes;

/// <summary>
/// Means over small windows as depthwise convolutions with equal weights, which integers hold exactly. ONNX Runtime's integer
/// average pool is many times slower than its integer convolution.
/// </summary>
/// <param name="channels">Of the tensors that are averaged.</param>
internal sealed class AveragePoolAsConvolution(IReadOnlyDictionary<string, int> channels) : GraphPass
{
    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var pool in graph.Nodes.Where(node => node.IsStandard("AveragePool")).ToList())
        {
            // With pads the divisor differs at the borders; no window of ours has any.
            if (
                pool.Ints("kernel_shape") is not [var height, var width]
                || pool.Ints("pads")?.Any(pad => pad != 0) == true
                || pool.Int("ceil_mode", 0) != 0
                || pool.Text("auto_pad", "NOTSET") != "NOTSET"
                || pool.Ints("dilations")?.Any(dilation => dilation != 1) == true
                || !channels.TryGetValue(pool.Input[0], out var count)
            )
            {
                continue;
            }

            var strides = pool.Ints("strides") ?? [1, 1];
            var weights = graph.SetInitializer(
                OnnxTensor.Of(
                    $"{pool.Output[0]}/mean",
                    Enumerable.Repeat(1f / (height * width), (int)(count * height * width)).ToArray(),
                    count,
                    1,
                    height,
                    width
                )
            );
            var bias = graph.SetInitializer(OnnxTensor.Of($"{pool.Output[0]}/none", new float[count], count));
            var conv = OnnxNode.Create(
                "Conv",
                [pool.Input[0], weights, bias],
                [pool.Output[0]],
                OnnxNode.Attribute("group", count),
                OnnxNode.Attribute("kernel_shape", height, width),
                OnnxNode.Attribute("strides", strides)
            );
            graph.Nodes[graph.Nodes.IndexOf(pool)] = conv;
            changes.Add(new GraphChange(pool.Name, $"is a convolution now, '{conv.Name}'"));
        }
    }
}
