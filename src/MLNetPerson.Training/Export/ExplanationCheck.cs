using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;

namespace MLNetPerson.Training.Export;

/// <summary>The gate in front of every activation map: contributions and bias must add up to the logit, and the logit must be the
/// answer's.</summary>
internal static class ExplanationCheck
{
    private const int Pictures = 4;

    /// <summary>Asks on drawn pictures: it is arithmetic that is checked, not whether the model is right.</summary>
    /// <exception cref="ExportException">The sum differs by more than <see cref="ActivationMap.SumTolerance"/>.</exception>
    public static void Run(byte[] model, byte[] fragment, PackageExplanation explanation, ImageSpec input)
    {
        using var joined = OnnxModel.Load([.. model, .. fragment], "the exported model with its activation map");
        for (var seed = 0; seed < Pictures; seed++)
        {
            var picture = GoldenPictures.Draw(input, seed, figures: seed);
            var outputs = joined.Run<byte>(
                picture.Pixels,
                [1, input.Height, input.Width, 3],
                [explanation.Map, explanation.Logit, explanation.Bias, ModelAssembler.OutputName]
            );
            var (sum, logit, probability) = (
                outputs[0].Values.Sum(value => (double)value) + outputs[2].Values[0],
                outputs[1].Values[0],
                outputs[3].Values[0]
            );
            if (
                !(Math.Abs(sum - logit) <= ActivationMap.SumTolerance)
                || !(Math.Abs((1 / (1 + Math.Exp(-logit))) - probability) <= ParityCheck.Tolerance)
            )
            {
                throw new ExportException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The activation map does not add up: on drawn picture {seed} its places and the bias give {sum:0.000000}, the "
                            + $"logit is {logit:0.000000}, the probability {probability:0.000000}. Nothing was written; this is a fault of "
                            + $"the export, please report it."
                    )
                );
            }
        }
    }
}
