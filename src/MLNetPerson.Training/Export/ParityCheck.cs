using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Features;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Export;

/// <summary>The gate in front of every export: the file as written must give the probabilities of the training path.</summary>
public static class ParityCheck
{
    /// <summary>Pictures compared at least.</summary>
    public const int LeastPictures = 32;

    /// <summary>Largest difference of a probability that is still rounding.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Compares on pictures of the dataset, filled up with drawn ones where it has too few, or on drawn ones alone where no
    /// picture of
    /// it was opened.</summary>
    /// <param name="model">The exported file's bytes.</param>
    /// <param name="network">The training path's network.</param>
    /// <param name="head">The training path's head, calibrated.</param>
    /// <param name="features">The training path's features, as the head saw them.</param>
    /// <param name="limits">What a picture may ask for.</param>
    /// <exception cref="ExportException">A probability differs by more than <see cref="Tolerance"/>; the message names the
    /// picture.</exception>
    internal static ParityReport Run(byte[] model, FeatureNetwork network, LinearHead head, FeatureSet features, ImageLimits limits)
    {
        using var exported = OnnxModel.Load(model, "the exported model");
        var reader = new ImageReader(limits);
        var pixels = new byte[network.Input.ByteCount];
        var worst = new ParityReport(0, "", 0, 0);
        // Where features were all cached under hashes that the dataset says, no picture need be within reach.
        foreach (var index in Spread(features.IsFromCacheAlone ? 0 : features.Samples.Length))
        {
            Sample sample = features.Samples[index];
            reader.ReadResized(reader.ReadBytes(sample.Path), network.Input, pixels, sample.File);
            Compare(sample.File, LogitCalibration.None.Apply(head.Logit(features.Table.Row(index))));
        }

        using var trained = worst.Pictures < LeastPictures ? OnnxModel.Load(network.Bytes, network.Card.Name) : null;
        for (var seed = 0; worst.Pictures < LeastPictures; seed++)
        {
            pixels = GoldenPictures.Draw(network.Input, seed, figures: seed % 4).Pixels;
            var row = new float[network.Width];
            trained!.Run<byte>(pixels, Shape(), row);
            Compare($"drawn picture {seed}", LogitCalibration.None.Apply(head.Logit(row)));
        }

        return worst.Difference <= Tolerance
            ? worst
            : throw new ExportException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The exported model does not reproduce the training path: on '{worst.WorstPicture}' it says "
                        + $"{worst.WorstProbability:0.000000}, {worst.Difference:0.000000} off, {Tolerance} is the limit. Nothing was "
                        + $"written; this is a fault of the export, please report it."
                )
            );

        long[] Shape() => [1, network.Input.Height, network.Input.Width, 3];

        void Compare(string name, double expected)
        {
            var probability = new float[1];
            exported.Run<byte>(pixels, Shape(), probability);
            var difference = Math.Abs(probability[0] - expected);
            // A NaN is no rounding either.
            worst =
                !(difference <= worst.Difference) || worst.Pictures == 0
                    ? new ParityReport(
                        worst.Pictures + 1,
                        name,
                        probability[0],
                        double.IsNaN(difference) ? double.PositiveInfinity : difference
                    )
                    : worst with
                    {
                        Pictures = worst.Pictures + 1,
                    };
        }
    }

    /// <summary>Indices over the whole set, evenly.</summary>
    private static IEnumerable<int> Spread(int count)
    {
        var wanted = Math.Min(count, LeastPictures);
        return Enumerable.Range(0, wanted).Select(i => (int)((long)i * count / wanted));
    }
}
