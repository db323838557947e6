using System.Collections.Immutable;
using MLNetPerson.Onnx.Graphs;
using MLNetPerson.Onnx.Graphs.Proto;

namespace MLNetPerson.Onnx.Passes;

/// <summary>
/// Folds what scales and shifts a convolution's channels into its weights and bias: BatchNormalization, Mul and Add by
/// per-channel constants, and an Add of a constant that stands behind a residual sum. Arithmetic in double, rounded once.
/// </summary>
internal sealed class FoldBatchNorm : GraphPass
{
    protected override void Edit(OnnxGraph graph, ImmutableArray<GraphChange>.Builder changes)
    {
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var conv in graph.Nodes.Where(node => node.IsStandard("Conv")).ToList())
            {
                while (FoldNext(graph, conv) is { } folded)
                {
                    changes.Add(new GraphChange(conv.Name, $"took in {folded}"));
                    changed = true;
                }
            }
        }
    }

    private static string? FoldNext(OnnxGraph graph, NodeProto conv)
    {
        if (Weights(graph, conv) is not { } weights || graph.OnlyConsumer(conv.Output[0]) is not { } next)
        {
            return null;
        }

        var channels = (int)weights.Dims[0];
        if (Affine(graph, next, conv.Output[0], channels) is { } affine)
        {
            Scale(graph, conv, weights, affine);
            Bypass(graph, next, conv.Output[0]);
            return $"{next.OpType} '{next.Name}'";
        }

        // (conv + other) + constant = (conv + constant) + other
        if (
            next.IsStandard("Add")
            && next.Input.All(input => !graph.IsConstant(input))
            && graph.OnlyConsumer(next.Output[0]) is { } behind
            && behind.IsStandard("Add")
            && Affine(graph, behind, next.Output[0], channels) is { } shift
        )
        {
            Scale(graph, conv, weights, shift);
            Bypass(graph, behind, next.Output[0]);
            return $"Add '{behind.Name}' from behind a residual sum";
        }

        return null;
    }

    private static TensorProto? Weights(OnnxGraph graph, NodeProto conv)
    {
        var weights = graph.Initializer(conv.Input[1]);
        var bias = conv.Input.Count > 2 ? graph.Initializer(conv.Input[2]) : null;
        return
            weights is not null
            && weights.IsFloat()
            && weights.Dims.Count == 4
            && (conv.Input.Count < 3 || (bias is not null && bias.IsFloat()))
            ? weights
            : null;
    }

    /// <summary>The per-channel y = scale · x + shift that a node computes on <paramref name="tensor"/>, or null.</summary>
    private static (double[] Scale, double[] Shift)? Affine(OnnxGraph graph, NodeProto node, string tensor, int channels)
    {
        if (node.IsStandard("BatchNormalization") && node.Input[0] == tensor && node.Int("training_mode", 0) == 0 && node.Output.Count == 1)
        {
            var parameters = node
                .Input.Skip(1)
                .Take(4)
                .Select(name => graph.Initializer(name) is { } constant && constant.IsFloat() ? constant.Floats() : null)
                .Where(values => values?.Length == channels)
                .ToArray();
            if (parameters is not [{ } gamma, { } beta, { } mean, { } variance])
            {
                return null;
            }

            double epsilon = node.Float("epsilon", 1e-5f);
            var scale = gamma.Select((g, c) => g / Math.Sqrt(variance[c] + epsilon)).ToArray();
            return (scale, beta.Select((b, c) => b - (mean[c] * scale[c])).ToArray());
        }

        if ((node.IsStandard("Mul") || node.IsStandard("Add")) && node.Input.Count == 2)
        {
            // The constant may stand on either side.
            var other = node.Input[0] == tensor ? node.Input[1] : node.Input[0];
            if (node.Input.Contains(tensor) && graph.Initializer(other) is { } constant && PerChannel(constant, channels) is { } values)
            {
                return node.OpType == "Mul" ? (values, new double[channels]) : (Enumerable.Repeat(1.0, channels).ToArray(), values);
            }
        }

        return null;
    }

    /// <summary>The values of a constant that broadcasts over [N, C, H, W] by channel, or null for any other shape.</summary>
    private static double[]? PerChannel(TensorProto constant, int channels)
    {
        if (!constant.IsFloat() || constant.Dims.Count > 4)
        {
            return null;
        }

        if (constant.Count() == 1)
        {
            return Enumerable.Repeat((double)constant.Floats()[0], channels).ToArray();
        }

        var dimensions = constant.Dims.ToArray();
        return constant.Count() == channels && dimensions.Length >= 3 && dimensions[^3] == channels
            ? [.. constant.Floats().Select(value => (double)value)]
            : null;
    }

    private static void Scale(OnnxGraph graph, NodeProto conv, TensorProto weights, (double[] Scale, double[] Shift) affine)
    {
        var channels = affine.Scale.Length;
        var old = weights.Floats();
        var perChannel = old.Length / channels;
        var scaled = old.Select((value, i) => (float)(value * affine.Scale[i / perChannel])).ToArray();
        var bias = conv.Input.Count > 2 ? graph.Initializer(conv.Input[2])!.Floats() : new float[channels];
        var shifted = bias.Select((value, c) => (float)((value * affine.Scale[c]) + affine.Shift[c])).ToArray();

        // A constant may serve other nodes too, so the folded ones get names of their own.
        var weightName = graph.Consumers(weights.Name).Count == 1 ? weights.Name : graph.FreshName($"{conv.Output[0]}/weights");
        graph.SetInitializer(OnnxTensor.Of(weightName, scaled, [.. weights.Dims]));
        conv.Input[1] = weightName;
        var biasName =
            conv.Input.Count > 2 && graph.Consumers(conv.Input[2]).Count == 1 ? conv.Input[2] : graph.FreshName($"{conv.Output[0]}/bias");
        graph.SetInitializer(OnnxTensor.Of(biasName, shifted, channels));
        if (conv.Input.Count > 2)
        {
            conv.Input[2] = biasName;
        }
        else
        {
            conv.Input.Add(biasName);
        }
    }

    private static void Bypass(OnnxGraph graph, NodeProto node, string tensor)
    {
        var output = node.Output[0];
        graph.Nodes.Remove(node);
        if (graph.IsOutput(output))
        {
            // The graph's output keeps its name: the node before takes it over.
            var producer = graph.Producer(tensor)!;
            producer.Output[producer.Output.IndexOf(tensor)] = output;
            graph.Rewire(tensor, output);
        }
        else
        {
            graph.Rewire(output, tensor);
        }
    }
}
