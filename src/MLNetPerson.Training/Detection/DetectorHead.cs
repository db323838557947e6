using System.Numerics.Tensors;
using MLNetPerson.Onnx.Graphs;

namespace MLNetPerson.Training.Detection;

/// <summary>One filter of a 1 × 1 convolution.</summary>
/// <param name="Weights">One for each channel that it reads.</param>
/// <param name="Bias">What it gives where it reads zeros.</param>
internal sealed record HeadFilter(float[] Weights, float Bias)
{
    /// <summary>What it gives at one place.</summary>
    public float At(Half[] channels)
    {
        Span<float> values = stackalloc float[channels.Length];
        TensorPrimitives.ConvertToSingle(channels, values);
        return TensorPrimitives.Dot(values, Weights) + Bias;
    }
}

/// <summary>The last layer of a detector's scores: what is fitted on a user's own boxes.</summary>
/// <param name="Scores">By level and shape of anchor.</param>
internal sealed record DetectorHead(HeadFilter[][] Scores)
{
    /// <summary>The heads as they are in a network.</summary>
    public static DetectorHead Of(DetectorNetwork network) =>
        new([.. network.Maps.Select(map => Filters(network.Body, map.ScoreConvolution))]);

    /// <summary>The network with these heads.</summary>
    public DetectorNetwork ApplyTo(DetectorNetwork network)
    {
        var body = network.Body.Clone();
        for (var level = 0; level < Scores.Length; level++)
        {
            Set(body, network.Maps[level].ScoreConvolution, Scores[level]);
        }

        body.RemoveUnused();
        return network.With(body);
    }

    /// <summary>The same heads with each level's logits stretched and shifted.</summary>
    public DetectorHead With(LevelCalibration calibration) =>
        new([
            .. Scores.Select(
                (filters, level) =>
                    filters
                        .Select(filter => new HeadFilter(
                            [.. filter.Weights.Select(weight => (float)(weight * calibration.Slope))],
                            (float)((filter.Bias * calibration.Slope) + calibration.Offsets[level])
                        ))
                        .ToArray()
            ),
        ]);

    /// <summary>The logit at a row.</summary>
    public float Logit(HeadRow row) => Scores[row.Level][row.Shape].At(row.Channels);

    private static HeadFilter[] Filters(OnnxGraph body, string convolution)
    {
        var node = body.Nodes.First(one => one.Name == convolution);
        var (weights, biases) = (body.Initializer(node.Input[1])!.Floats(), body.Initializer(node.Input[2])!.Floats());
        var channels = weights.Length / biases.Length;
        return [.. biases.Select((bias, filter) => new HeadFilter(weights[(filter * channels)..((filter + 1) * channels)], bias))];
    }

    private static void Set(OnnxGraph body, string convolution, HeadFilter[] filters)
    {
        var node = body.Nodes.First(one => one.Name == convolution);
        float[] weights = [.. filters.SelectMany(filter => filter.Weights)];
        float[] biases = [.. filters.Select(filter => filter.Bias)];
        node.Input[1] = body.SetInitializer(
            OnnxTensor.Of(
                body.FreshName($"{node.Output[0]}/fitted-weights"),
                weights,
                filters.Length,
                weights.Length / filters.Length,
                1,
                1
            )
        );
        node.Input[2] = body.SetInitializer(OnnxTensor.Of(body.FreshName($"{node.Output[0]}/fitted-biases"), biases, biases.Length));
    }
}
