using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Training.Datasets;

namespace MLNetPerson.Tuning;

/// <summary>The gate before and after every tuning: Torch and ONNX Runtime must say the same of the same graph, or nothing is
/// written.</summary>
internal static class NetworkParity
{
    /// <summary>Largest difference of a logit that is still rounding: sums of floats in another order, through some fifty layers.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Pictures compared.</summary>
    public const int Pictures = 16;

    /// <summary>Compares on pictures spread over a dataset.</summary>
    /// <param name="graph">As it will be stored: uint8 pictures to logits.</param>
    /// <param name="logits">What Torch says of [count, height, width, 3] bytes.</param>
    /// <param name="samples">Where pictures come from; those that cannot be read are passed over.</param>
    /// <param name="spec">The input's size.</param>
    /// <param name="when">"before tuning" or "after tuning".</param>
    /// <param name="tolerance">Largest difference; relative to the logit where that is above 1.</param>
    /// <returns>The largest difference.</returns>
    /// <exception cref="TuningException">It is above the tolerance; the picture is named.</exception>
    public static double Check(
        OnnxGraph graph,
        Func<byte[], int, float[]> logits,
        IReadOnlyList<Sample> samples,
        ImageSpec spec,
        string when,
        double tolerance = Tolerance
    )
    {
        using var model = OnnxModel.Load(graph.ToBytes(), $"the network {when}");
        var reader = new ImageReader();
        var worst = 0.0;
        var count = Math.Min(samples.Count, Pictures);
        for (var i = 0; i < count; i++)
        {
            var sample = samples[(int)((long)i * samples.Count / count)];
            var pixels = new byte[spec.ByteCount];
            try
            {
                reader.ReadResized(reader.ReadBytes(sample.Path), spec, pixels, sample.File);
            }
            catch (ImageException)
            {
                continue;
            }

            var runtime = new float[1];
            model.Run<byte>(pixels, [1, spec.Height, spec.Width, 3], runtime);
            var torch = logits(pixels, 1)[0];
            var difference = Math.Abs(runtime[0] - torch) / Math.Max(1, Math.Abs(runtime[0]));
            if (!(difference <= tolerance))
            {
                throw new TuningException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Torch and ONNX Runtime differ {when}: on '{sample.File}' the logits are {torch:0.000000} and "
                            + $"{runtime[0]:0.000000}, {tolerance} is the limit. Nothing was written; this is a fault of the translation, "
                            + $"please report it."
                    )
                );
            }

            worst = Math.Max(worst, difference);
        }

        return worst;
    }
}
