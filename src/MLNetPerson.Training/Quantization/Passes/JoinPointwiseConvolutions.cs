using System.Collections.Immutable;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Onnx.Passes;
using MLNetPerson.Training.Onnx.Proto;

namespace MLNetPerson.Training.Quantization.Passes;

/// <summary>
/// Two 1 × 1 convolutions with nothing between them are one: W₂W₁ and W₂b₁ + b₂. Integers gain a rounding less and a tensor less to
/// write and read, which is worth more than the products that a narrow middle saved.
/// </summary>
internal sealed class JoinPointwiseConvolutions : GraphPass
{
    /// <summary>More products than this times those of both are not worth it.</summary>
    private const double MostGrowth = 2;

    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        foreach (var first in graph.Nodes.Where(node => IsPointwise(graph, node)).ToList())
        {
            if (graph.OnlyConsumer(first.Output[0]) is not { } second || !IsPointwise(graph, second) || second.Input[0] != first.Output[0])
            {
                continue;
            }

            var (w1, w2) = (graph.Initializer(first.Input[1])!, graph.Initializer(second.Input[1])!);
            long inputs = w1.Dims[1],
                middle = w1.Dims[0],
                outputs = w2.Dims[0];
            if (inputs * outputs > MostGrowth * ((inputs * middle) + (middle * outputs)))
            {
                continue;
            }

            var (weights, bias) = Join(
                w1.Floats(),
                w2.Floats(),
                graph.Initializer(first.Input[2])!.Floats(),
                graph.Initializer(second.Input[2])!.Floats(),
                (int)inputs,
                (int)middle,
                (int)outputs
            );
            second.Input[0] = first.Input[0];
            second.Input[1] = graph.SetInitializer(
                OnnxTensor.Of(graph.FreshName($"{second.Output[0]}/joined-weights"), weights, outputs, inputs, 1, 1)
            );
            second.Input[2] = graph.SetInitializer(OnnxTensor.Of(graph.FreshName($"{second.Output[0]}/joined-bias"), bias, outputs));
            graph.Nodes.Remove(first);
            changes.Add(new GraphChange(second.Name, $"took in '{first.Name}'"));
        }
    }

    private static bool IsPointwise(OnnxGraph graph, NodeProto node) =>
        node.IsStandard("Conv")
        && node.Input.Count == 3
        && node.Int("group", 1) == 1
        && graph.Initializer(node.Input[1]) is { } weights
        && weights.IsFloat()
        && weights.Dims is [_, _, 1, 1]
        && graph.Initializer(node.Input[2]) is not null
        && (node.Ints("strides") ?? [1, 1]).All(stride => stride == 1)
        && (node.Ints("pads") ?? [0]).All(pad => pad == 0);

    private static (float[] Weights, float[] Bias) Join(float[] w1, float[] w2, float[] b1, float[] b2, int inputs, int middle, int outputs)
    {
        var (weights, bias) = (new float[outputs * inputs], new float[outputs]);
        for (var output = 0; output < outputs; output++)
        {
            double shift = b2[output];
            var sums = new double[inputs];
            for (var m = 0; m < middle; m++)
            {
                double factor = w2[(output * middle) + m];
                shift += factor * b1[m];
                for (var input = 0; input < inputs; input++)
                {
                    sums[input] += factor * w1[(m * inputs) + input];
                }
            }

            bias[output] = (float)shift;
            for (var input = 0; input < inputs; input++)
            {
                weights[(output * inputs) + input] = (float)sums[input];
            }
        }

        return (weights, bias);
    }
}
