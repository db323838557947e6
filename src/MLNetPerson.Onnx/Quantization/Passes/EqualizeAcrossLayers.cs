using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;
using MLNetPerson.Onnx.Passes;
using MLNetPerson.Onnx.Quantization.Ranges;

namespace MLNetPerson.Onnx.Quantization.Passes;

/// <summary>
/// Divides a channel by s in one convolution and multiplies it by s in the next, s = √(r₁ / r₂) of the weights' ranges, so that no
/// channel wastes integers that another needs. Through Relu this changes nothing; through a Clip with an upper bound only channels that
/// stayed below the bound on every calibration picture are touched, and stay below it.
/// </summary>
/// <remarks>M. Nagel et al., Data-free quantization through weight equalization and bias correction, ICCV 2019, section 4.1.</remarks>
internal sealed class EqualizeAcrossLayers(IReadOnlyDictionary<string, CalibratedTensor> calibrated) : GraphPass
{
    private const double BelowBound = 0.98; // of the bound: pictures to come may reach a little higher
    private const double Smallest = 1e-8;
    private const string Done = "/equalized-2";
    private const double Same = 1e-3; // a factor so near to 1 is none

    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var first in graph.Nodes.Where(node => node.IsStandard("Conv")).ToList())
        {
            if (first.Input.Count == 3 && first.Input[2].Contains(Done, StringComparison.Ordinal))
            {
                continue; // the calibration is that of the graph before
            }

            if (
                Next(graph, first) is not { } pair
                || Weights(graph, first) is not { } weights
                || Weights(graph, pair.Second) is not { } nextWeights
            )
            {
                continue;
            }

            var factors = Factors(graph, first, pair, weights, nextWeights);
            var changed = factors.Count(factor => Math.Abs(factor - 1) > Same);
            if (changed == 0)
            {
                continue;
            }

            var bias = graph.Initializer(first.Input[2])!;
            Set(graph, first, 1, weights, (value, i) => value / factors[i / (weights.Count() / weights.Dims[0])]);
            Set(graph, first, 2, bias, (value, i) => value / factors[i]);
            Set(graph, pair.Second, 1, nextWeights, (value, i) => value * factors[InputChannel(pair.Second, nextWeights, i)]);
            changes.Add(
                new GraphChange(first.Name, $"shared {changed} of {factors.Length} channels' ranges out with '{pair.Second.Name}'")
            );
        }
    }

    /// <summary>The convolution that alone reads a convolution's output, through nothing or one activation function.</summary>
    private static (NodeProto Second, double Bound, string Activation)? Next(OnnxGraph graph, NodeProto first)
    {
        var (tensor, bound) = (first.Output[0], double.PositiveInfinity);
        if (graph.OnlyConsumer(tensor) is not { } reader)
        {
            return null;
        }

        if (reader.IsStandard("Relu") || reader.IsStandard("Clip"))
        {
            var floor =
                reader.OpType == "Relu"
                || (reader.Input.Count > 1 && graph.Initializer(reader.Input[1]) is { } low && low.Floats()[0] == 0);
            bound =
                reader.OpType == "Relu" || reader.Input.Count < 3 || reader.Input[2].Length == 0
                    ? bound
                    : graph.Initializer(reader.Input[2])?.Floats()[0] ?? double.NaN;
            if (!floor || double.IsNaN(bound) || graph.OnlyConsumer(reader.Output[0]) is not { } behind)
            {
                return null;
            }

            (tensor, reader) = (reader.Output[0], behind);
        }

        return reader.IsStandard("Conv") && reader.Input[0] == tensor ? (reader, bound, tensor) : null;
    }

    private static TensorProto? Weights(OnnxGraph graph, NodeProto conv) =>
        conv.Input.Count == 3
        && graph.Initializer(conv.Input[1]) is { } weights
        && weights.IsFloat()
        && weights.Dims.Count == 4
        && graph.Initializer(conv.Input[2]) is not null
        && (conv.Int("group", 1) == 1 || weights.Dims[1] == 1)
            ? weights
            : null;

    private double[] Factors(
        OnnxGraph graph,
        NodeProto first,
        (NodeProto Second, double Bound, string Activation) pair,
        TensorProto weights,
        TensorProto nextWeights
    )
    {
        var channels = (int)weights.Dims[0];
        var own = Largest(weights.Floats(), channels, i => (int)(i / (weights.Count() / weights.Dims[0])));
        var next = Largest(nextWeights.Floats(), channels, i => InputChannel(pair.Second, nextWeights, i));
        var highest = calibrated.TryGetValue(pair.Activation, out var seen) ? seen.ChannelMax : null;
        return
        [
            .. Enumerable
                .Range(0, channels)
                .Select(channel =>
                {
                    if (own[channel] < Smallest || next[channel] < Smallest)
                    {
                        return 1;
                    }

                    var factor = Math.Sqrt(own[channel] / next[channel]);
                    if (double.IsPositiveInfinity(pair.Bound))
                    {
                        return factor;
                    }

                    // Divided by the factor, the channel's largest value must stay below the bound.
                    return highest is null || highest[channel] >= BelowBound * pair.Bound
                        ? 1
                        : Math.Max(factor, highest[channel] / (BelowBound * pair.Bound));
                }),
        ];
    }

    private static int InputChannel(NodeProto conv, TensorProto weights, int index) =>
        conv.Int("group", 1) == 1
            ? (int)(index / (weights.Dims[2] * weights.Dims[3]) % weights.Dims[1])
            : (int)(index / (weights.Count() / weights.Dims[0])); // depthwise: filter and channel are one

    private static double[] Largest(float[] values, int channels, Func<int, int> channelOf)
    {
        var largest = new double[channels];
        for (var i = 0; i < values.Length; i++)
        {
            var channel = channelOf(i);
            largest[channel] = Math.Max(largest[channel], Math.Abs(values[i]));
        }

        return largest;
    }

    private static void Set(OnnxGraph graph, NodeProto node, int input, TensorProto tensor, Func<float, int, double> change)
    {
        float[] values = [.. tensor.Floats().Select((value, i) => (float)change(value, i))];
        node.Input[input] = graph.SetInitializer(
            OnnxTensor.Of(graph.FreshName($"{node.Output[0]}/equalized-{input}"), values, [.. tensor.Dims])
        );
    }
}
