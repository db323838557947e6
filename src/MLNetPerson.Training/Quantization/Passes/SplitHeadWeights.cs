using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;

namespace MLNetPerson.Training.Quantization.Passes;

/// <summary>
/// A head adds up thousands of features, and rounding its weights to 255 steps can shift the logit by whole units. So its one
/// column becomes two, the weights as rounded and what rounding left, and the two sums are added in float: 16-bit weights from two
/// 8-bit products, in a layer that costs next to nothing.
/// </summary>
/// <param name="parameters">Of the activations.</param>
/// <param name="weights">Which integers weights may take.</param>
/// <param name="kept">Nodes that stay in float.</param>
internal sealed class SplitHeadWeights(
    IReadOnlyDictionary<string, QuantizationParameters> parameters,
    IntegerRange weights,
    IReadOnlySet<string> kept
) : GraphPass
{
    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var head in graph.Nodes.Where(node => node.IsStandard("Gemm")).ToList())
        {
            if (
                kept.Contains(head.Name)
                || InsertQuantizeDequantize.WhyFloat(graph, head) is not null
                || head.Input.Count != 3
                || graph.Initializer(head.Input[1]) is not { Dims: [var features, 1] } tensor
                || !parameters.ContainsKey(head.Input[0])
            )
            {
                continue;
            }

            var (exact, scales) = (tensor.Floats(), Scales(graph, head.Name, (int)features));
            var grid = QuantizationParameters.Symmetric(
                exact.Zip(scales, (weight, scale) => Math.Abs(weight * scale)).DefaultIfEmpty().Max(),
                weights
            );
            var columns = new float[2 * exact.Length];
            for (var i = 0; i < exact.Length; i++)
            {
                columns[2 * i] = (float)(grid.Dequantize(grid.Quantize(exact[i] * scales[i], weights)) / scales[i]);
                columns[(2 * i) + 1] = (float)((double)exact[i] - columns[2 * i]);
            }

            var output = head.Output[0];
            head.Input[1] = graph.SetInitializer(OnnxTensor.Of(graph.FreshName($"{output}/split-weights"), columns, features, 2));
            head.Input[2] = graph.SetInitializer(
                OnnxTensor.Of(graph.FreshName($"{output}/split-bias"), [graph.Initializer(head.Input[2])!.Floats()[0], 0], 2)
            );
            head.Output[0] = graph.FreshName($"{output}/columns");
            var axes = graph.SetInitializer(OnnxTensor.Of(graph.FreshName($"{output}/axes"), [1L], 1));
            graph.Nodes.Add(OnnxNode.Create("ReduceSum", [head.Output[0], axes], [output]));
            changes.Add(new GraphChange(head.Name, "weights split into rounded and rest"));
        }
    }

    /// <summary>What a feature's step is worth, where the next pass folds that into the weights; else 1.</summary>
    private double[] Scales(OnnxGraph graph, string head, int features) =>
        FoldScalesIntoHead.Find(graph, kept) is { } found
        && found.Head.Name == head
        && found.Widths(graph) is { } widths
        && widths.Sum() == features
            ? [.. found.Blocks.SelectMany((block, i) => Enumerable.Repeat((double)parameters[block].Scale, widths[i]))]
            : [.. Enumerable.Repeat(1.0, features)];
}
