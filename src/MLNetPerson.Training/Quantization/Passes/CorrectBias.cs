using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using MLNetPerson.Training.Onnx.Proto;
using MLNetPerson.Training.Quantization.Calibration;

namespace MLNetPerson.Training.Quantization.Passes;

/// <summary>
/// Rounding weights shifts what a channel gives on average by (rounded − exact) · mean input. The mean input is known from
/// calibration, so the bias takes the shift back.
/// </summary>
/// <remarks>M. Nagel et al., Data-free quantization through weight equalization and bias correction, ICCV 2019, section 4.2.</remarks>
internal sealed class CorrectBias(
    IReadOnlyDictionary<string, CalibratedTensor> calibrated,
    IntegerRange integers,
    IReadOnlySet<string> kept
) : GraphPass
{
    private const string Done = "/corrected-bias";

    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var conv in graph.Nodes.Where(node => node.IsStandard("Conv") && !kept.Contains(node.Name)).ToList())
        {
            if (
                conv.Input.Count < 3
                || conv.Input[2].EndsWith(Done, StringComparison.Ordinal)
                || !calibrated.TryGetValue(conv.Input[0], out var input)
                || graph.Initializer(conv.Input[1]) is not { } weights
                || graph.Initializer(conv.Input[2]) is not { } bias
                || !weights.IsFloat()
            )
            {
                continue;
            }

            var shifted = Shift(conv, weights, bias.Floats(), input.ChannelMeans);
            conv.Input[2] = graph.SetInitializer(OnnxTensor.Of(graph.FreshName($"{conv.Output[0]}{Done}"), shifted, shifted.Length));
            changes.Add(new GraphChange(conv.Name, "bias corrected"));
        }
    }

    private float[] Shift(NodeProto conv, TensorProto tensor, float[] bias, double[] means)
    {
        var (exact, filters) = (tensor.Floats(), bias.Length);
        var rounded = QuantizedWeights.Of(exact, filters, null, 1, integers).Dequantize();
        int perFilter = exact.Length / filters,
            perChannel = perFilter / (int)tensor.Dims[1],
            filtersPerGroup = filters / (int)conv.Int("group", 1);
        return
        [
            .. bias.Select(
                (value, filter) =>
                {
                    double shift = 0;
                    for (var i = 0; i < perFilter; i++)
                    {
                        var channel = (filter / filtersPerGroup * (int)tensor.Dims[1]) + (i / perChannel);
                        shift += ((double)rounded[(filter * perFilter) + i] - exact[(filter * perFilter) + i]) * means[channel];
                    }

                    return (float)(value - shift);
                }
            ),
        ];
    }
}
