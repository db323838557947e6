using System.Collections.Immutable;
using MLNetPerson.Inference;
using MLNetPerson.Training.Onnx;
using MLNetPerson.Training.Quantization.Calibration;
using MLNetPerson.Training.Quantization.Passes;

namespace MLNetPerson.Training.Quantization;

/// <summary>Compares the tensors of an integer graph with those of the float graph that it was made from.</summary>
internal static class SignalToNoise
{
    /// <summary>Signal-to-noise ratio of every tensor that became integers, in decibels, the worst first.</summary>
    /// <param name="prepared">Float.</param>
    /// <param name="encoded">With a dequantized tensor "name/real" for the float graph's "name".</param>
    /// <param name="pictures">Inputs of one picture each.</param>
    /// <param name="shape">The input's shape.</param>
    public static ImmutableArray<TensorNoise> Measure(OnnxGraph prepared, OnnxGraph encoded, IEnumerable<byte[]> pictures, long[] shape)
    {
        var made = encoded.Nodes.SelectMany(node => node.Output).ToHashSet(StringComparer.Ordinal);
        var source = prepared.Nodes.SelectMany(node => node.Output).ToHashSet(StringComparer.Ordinal);

        var others = CalledOtherwise(prepared);
        List<string> names = [.. source.Where(name => made.Contains($"{name}/real") && !others.Contains(name))];
        if (names.Count == 0)
        {
            return [];
        }

        var plain = new OnnxModelOptions { Optimization = GraphOptimization.None };
        using var exact = OnnxModel.Load(Calibrator.Expose(prepared, names).ToBytes(), "float", plain);
        using var rounded = OnnxModel.Load(Calibrator.Expose(encoded, names.Select(name => $"{name}/real")).ToBytes(), "integers", plain);
        var (signal, noise) = (new double[names.Count], new double[names.Count]);
        foreach (var picture in pictures)
        {
            var (a, b) = (
                exact.Run<byte>(picture, shape, names),
                rounded.Run<byte>(picture, shape, [.. names.Select(name => $"{name}/real")])
            );
            for (var tensor = 0; tensor < names.Count; tensor++)
            {
                foreach (var (x, y) in a[tensor].Values.Zip(b[tensor].Values))
                {
                    signal[tensor] += (double)x * x;
                    noise[tensor] += ((double)x - y) * ((double)x - y);
                }
            }
        }

        return
        [
            .. names
                .Select((name, i) => new TensorNoise(name, noise[i] == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal[i] / noise[i])))
                .OrderBy(tensor => tensor.Decibels),
        ];
    }

    /// <summary>Joined features are called by another scale on purpose, and pixels are exact but may stand in another order.</summary>
    private static HashSet<string> CalledOtherwise(OnnxGraph prepared)
    {
        HashSet<string> names = FoldScalesIntoHead.Find(prepared, ImmutableHashSet<string>.Empty) is { } head
            ? [.. head.Blocks, .. head.Joined]
            : [];
        if (InputNormalization.Find(prepared) is { } input)
        {
            names.Add(input.Normalised);
        }

        return names;
    }
}
