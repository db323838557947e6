using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using MLNetPerson.Training.Onnx.Proto;

namespace MLNetPerson.Training.Quantization.Passes;

/// <summary>
/// Lets the first convolutions read the bytes of the picture as they are: the normalisation goes into their weights and biases.
/// The normalised tensor stays in name, now (byte − zero point) · common scale, so that the next pass can label the bytes with both.
/// </summary>
/// <remarks>
/// Exact inside the picture. Where a convolution looks over the border it sees zero, which used to be the normalised zero and is
/// now the zero point's value: less than one level of 255 away, or the pass leaves the graph alone.
/// </remarks>
internal sealed class TakePixelsAsIntegers : GraphPass
{
    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        if (InputNormalization.Find(graph) is not { } input || IsDone(input))
        {
            return;
        }

        var (scale, zero) = (input.CommonScale, input.ZeroPoint);
        foreach (var conv in graph.Consumers(input.Normalised))
        {
            if (
                graph.Initializer(conv.Input[1]) is not { } weights
                || (conv.Input.Count > 2 && graph.Initializer(conv.Input[2]) is null)
                || conv.Int("group", 1) != 1
            )
            {
                return;
            }
        }

        foreach (var conv in graph.Consumers(input.Normalised).ToList())
        {
            Fold(graph, conv, input, scale, zero);
            changes.Add(new GraphChange(conv.Name, "took in the normalisation of the pixels"));
        }

        // The same three nodes, now with one scale and the zero point's offset.
        var (mul, add) = (input.Nodes[1], input.Nodes[2]);
        Replace(graph, mul, [.. Enumerable.Repeat((float)scale, 3)]);
        Replace(graph, add, [.. Enumerable.Repeat((float)(-zero * scale), 3)]);
    }

    private static bool IsDone(InputNormalization input) =>
        input.Scale.Distinct().Count() == 1
        && input.Offset.All(offset => (float)offset == (float)(-input.ZeroPoint * (double)(float)input.CommonScale));

    private static void Fold(OnnxGraph graph, NodeProto conv, InputNormalization input, double scale, int zero)
    {
        var weights = graph.Initializer(conv.Input[1])!;
        var (old, shape) = (weights.Floats(), weights.Dims.ToArray());
        var (perFilter, perChannel) = ((int)(shape[1] * shape[2] * shape[3]), (int)(shape[2] * shape[3]));
        var bias = conv.Input.Count > 2 ? graph.Initializer(conv.Input[2])!.Floats() : new float[shape[0]];
        var folded = new float[old.Length];
        var shifted = new float[bias.Length];
        for (var filter = 0; filter < shape[0]; filter++)
        {
            double shift = bias[filter];
            for (var i = 0; i < perFilter; i++)
            {
                var (at, channel) = ((filter * perFilter) + i, i / perChannel);

                // scale_c · byte + offset_c = (scale_c / scale) · [(byte − zero) · scale] + (offset_c + scale_c · zero)
                folded[at] = (float)(old[at] * input.Scale[channel] / scale);
                shift += old[at] * (input.Offset[channel] + (input.Scale[channel] * zero));
            }

            shifted[filter] = (float)shift;
        }

        conv.Input[1] = graph.SetInitializer(OnnxTensor.Of(graph.FreshName($"{conv.Output[0]}/pixel-weights"), folded, shape));
        var name = graph.SetInitializer(OnnxTensor.Of(graph.FreshName($"{conv.Output[0]}/pixel-bias"), shifted, shape[0]));
        if (conv.Input.Count > 2)
        {
            conv.Input[2] = name;
        }
        else
        {
            conv.Input.Add(name);
        }
    }

    private static void Replace(OnnxGraph graph, NodeProto node, float[] values)
    {
        var index = graph.IsConstant(node.Input[0]) ? 0 : 1;
        node.Input[index] = graph.SetInitializer(OnnxTensor.Of(graph.FreshName($"{node.Output[0]}/common"), values, 1, 3, 1, 1));
    }
}
