using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using MLNetPerson.MLNet.Trainers;
using MLNetPerson.Training.Export;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>Reads the linear head out of a fitted chain, on features as the network gives them: affine normalisers and a Platt calibration
/// are folded in.</summary>
internal static class LinearHeadReader
{
    /// <summary>All steps of a model, chains inside chains laid open.</summary>
    public static IEnumerable<ITransformer> Steps(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Steps) : [model];

    /// <exception cref="ExportException">There is no linear, calibrated head in it; the message says what there is and what still
    /// works.</exception>
    public static LinearHead Read(ITransformer model, int width)
    {
        var steps = Steps(model).ToList();
        var at = steps.FindIndex(step => step is IPredictionTransformer<object>);
        if (at < 0)
        {
            throw new ExportException(
                "There is no trained classifier in this model. Fit a chain that ends with a binary trainer, for example "
                    + "mlContext.PersonPipeline()."
            );
        }

        var (linear, platt) = Parts(((IPredictionTransformer<object>)steps[at]).Model, steps.Skip(at + 1));
        double[] weights = [.. linear.Weights.Select(weight => (double)weight)];
        if (weights.Length != width)
        {
            throw new ExportException(
                $"The classifier has {weights.Length} weights, the recipe's network gives {width} features. Give the recipe that the chain "
                    + $"was built with."
            );
        }

        double bias = linear.Bias;
        foreach (var (scale, offset) in steps.Take(at).OfType<NormalizingTransformer>().Select(Affine).Reverse())
        {
            for (var i = 0; i < width; i++)
            {
                weights[i] *= scale[i];
                bias -= offset.Length == 0 ? 0 : weights[i] * offset[i];
            }
        }

        // ML.NET's calibrator: probability = 1 / (1 + exp(slope · score + offset)).
        return new LinearHead([.. weights.Select(weight => (float)(-platt.Slope * weight))], (-platt.Slope * bias) - platt.Offset);
    }

    private static (LinearBinaryModelParameters Linear, PlattCalibrator Platt) Parts(object trained, IEnumerable<ITransformer> behind)
    {
        var (model, calibrator) = trained is CalibratedModelParametersBase calibrated
            ? (calibrated.SubModel, calibrated.Calibrator)
            : (trained, behind.OfType<IPredictionTransformer<object>>().Select(step => step.Model).OfType<ICalibrator>().FirstOrDefault());
        if (model is not LinearBinaryModelParameters linear)
        {
            throw new ExportException(TrainerNames.NonLinearMessage($"This chain's trainer ({model.GetType().Name})"));
        }

        return calibrator switch
        {
            PlattCalibrator platt => (linear, platt),
            null => throw new ExportException(
                "The classifier gives margins and no probabilities. Append a calibrator to the chain: "
                    + ".Append(mlContext.BinaryClassification.Calibrators.Platt())."
            ),
            _ => throw new ExportException(
                $"The classifier's probabilities come from a {calibrator.GetType().Name}, a package's from a logistic function of the "
                    + $"logit. Use mlContext.BinaryClassification.Calibrators.Platt()."
            ),
        };
    }

    private static (ImmutableArray<float> Scale, ImmutableArray<float> Offset) Affine(NormalizingTransformer normalizer) =>
        normalizer.GetNormalizerModelParameters(0) is NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>> affine
            ? (affine.Scale, affine.Offset)
            : throw new ExportException(
                "The chain normalises features in a way that is not scale and offset, so that it cannot become part of a linear head. Use "
                    + "NormalizeMeanVariance, NormalizeMinMax, or the pipeline's own Standardize."
            );
}
