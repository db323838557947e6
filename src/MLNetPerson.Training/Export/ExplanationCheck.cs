using System.Globalization;
using MLNetPerson.Images;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Export;

/// <summary>The gate in front of every activation map: contributions and bias must add up to the logit, and the logit must be the
/// answer's.</summary>
internal static class ExplanationCheck
{
    private const int Pictures = 4;

    /// <summary>Sum of the magnitudes of bias and contributions, in logits, up to which <see cref="ActivationMap.SumTolerance"/> is
    /// absolute. Heads fitted on 40 pictures stay below 50; one fitted on 12 separable ones reaches 591.</summary>
    private const double OrdinaryTerms = 100;

    /// <summary>Asks on drawn pictures: it is arithmetic that is checked, not whether the model is right.</summary>
    /// <exception cref="ExportException">The sum differs from the logit by more than <see cref="Allowed"/>.</exception>
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
                !(Math.Abs(sum - logit) <= Allowed(outputs[0].Values, outputs[2].Values[0]))
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

    /// <summary>
    /// How far the sum may be from the logit: <see cref="ActivationMap.SumTolerance"/> where the terms' magnitudes add up to
    /// <see cref="OrdinaryTerms"/> logits at most, and in proportion beyond.
    /// </summary>
    /// <param name="contributions">Of all places, in logits.</param>
    /// <param name="bias">In logits.</param>
    internal static double Allowed(IEnumerable<float> contributions, float bias) =>
        ActivationMap.SumTolerance
        * Math.Max(1, (Math.Abs((double)bias) + contributions.Sum(value => Math.Abs((double)value))) / OrdinaryTerms);
}
