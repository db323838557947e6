using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.MLNet.Trainers;

/// <summary>
/// Fits heads with ML.NET's linear trainers. Each fit runs on one thread: ML.NET's results depend on how many it is given, and a
/// package's bytes must not. The folds of a cross-validation run side by side instead.
/// </summary>
public sealed class MLNetSolver : IHeadSolver
{
    /// <summary>Relative improvement at which L-BFGS ends; ML.NET's own default stops some 1e-3 in probability before the
    /// optimum.</summary>
    private const float LbfgsTolerance = 1e-8f;
    private const float LbfgsTrialTolerance = 1e-6f;
    private const int LbfgsHistory = 20;

    /// <summary>Relative duality gap at which SDCA ends.</summary>
    private const float SdcaTolerance = 1e-4f;
    private const float SdcaTrialTolerance = 1e-3f;
    private const int SdcaIterations = 500;
    private const float SdcaBiasRate = 1;

    private const int PerceptronIterations = 20;
    private const float PerceptronRate = 1e-4f;
    private const int SvmIterations = 20;
    private const int SgdIterations = 50;

    private readonly MLNetTrainer _trainer;
    private readonly int _seed;

    /// <summary>The last model of a problem, to start the next penalty's fit from.</summary>
    private readonly ConditionalWeakTable<HeadProblem, LinearBinaryModelParameters> _last = [];

    /// <summary>A solver.</summary>
    /// <param name="trainer">What fits.</param>
    /// <param name="seed">Of every random choice.</param>
    public MLNetSolver(MLNetTrainer trainer, int seed)
    {
        if (!Enum.IsDefined(trainer))
        {
            throw new ArgumentOutOfRangeException(nameof(trainer), trainer, "no trainer of that number");
        }

        _trainer = trainer;
        _seed = seed;
    }

    /// <inheritdoc/>
    public string Name => TrainerNames.Name(_trainer);

    /// <inheritdoc/>
    public bool UsesAllCores => false;

    /// <inheritdoc/>
    public bool GivesLogits => _trainer is MLNetTrainer.Lbfgs or MLNetTrainer.Sdca or MLNetTrainer.Sgd;

    /// <inheritdoc/>
    public bool TakesSampleWeights => _trainer != MLNetTrainer.AveragedPerceptron;

    /// <inheritdoc/>
    public double[] Fit(HeadProblem problem, double l2, double[] start, bool isTrial, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!problem.HasUniformWeights && !TakesSampleWeights)
        {
            throw new HeadException(
                $"Trainer '{Name}' gives every picture the same weight, and this retrain asks for different ones. Take "
                    + $"{TrainerNames.Name(MLNetTrainer.Lbfgs)}, or leave the weights out."
            );
        }

        // A context of its own: its random numbers must not depend on what runs beside it.
        var ml = new MLContext(_seed);
        try
        {
            var model = Fit(ml, new HeadRowsView(problem, cancellation), problem, (float)l2, isTrial);
            _last.AddOrUpdate(problem, model);
            return Finite(model);
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested && exception is not OperationCanceledException)
        {
            throw new OperationCanceledException("The fit was cancelled.", exception, cancellation);
        }
    }

    private LinearBinaryModelParameters Fit(MLContext ml, IDataView rows, HeadProblem problem, float l2, bool isTrial)
    {
        var trainers = ml.BinaryClassification.Trainers;
        var weight = problem.HasUniformWeights ? null : HeadRowsView.Weight;
        switch (_trainer)
        {
            case MLNetTrainer.Lbfgs:
                // Its objective is the mean log loss plus L2/2 ‖w‖² over the sum of the weights.
                var lbfgs = trainers.LbfgsLogisticRegression(
                    new LbfgsLogisticRegressionBinaryTrainer.Options
                    {
                        L1Regularization = 0,
                        L2Regularization = (float)(l2 * (weight is null ? problem.Count : problem.WeightSum)),
                        OptimizationTolerance = isTrial ? LbfgsTrialTolerance : LbfgsTolerance,
                        HistorySize = LbfgsHistory,
                        DenseOptimizer = true,
                        NumberOfThreads = 1,
                        ExampleWeightColumnName = weight,
                    }
                );
                return Calibrated(_last.TryGetValue(problem, out var before) ? lbfgs.Fit(rows, before) : lbfgs.Fit(rows));
            case MLNetTrainer.Sdca:
                return Calibrated(
                    trainers
                        .SdcaLogisticRegression(
                            new SdcaLogisticRegressionBinaryTrainer.Options
                            {
                                L1Regularization = 0,
                                L2Regularization = l2,
                                ConvergenceTolerance = isTrial ? SdcaTrialTolerance : SdcaTolerance,
                                MaximumNumberOfIterations = SdcaIterations,
                                NumberOfThreads = 1,
                                ExampleWeightColumnName = weight,

                                // Without it the bias is penalised as a weight is.
                                BiasLearningRate = SdcaBiasRate,
                            }
                        )
                        .Fit(rows)
                );
            case MLNetTrainer.Sgd:
                return Calibrated(
                    trainers
                        .SgdCalibrated(
                            new SgdCalibratedTrainer.Options
                            {
                                L2Regularization = l2,
                                NumberOfIterations = SgdIterations,
                                LearningRate = 1e-3,
                                NumberOfThreads = 1,
                                ExampleWeightColumnName = weight,
                            }
                        )
                        .Fit(rows)
                );
            case MLNetTrainer.AveragedPerceptron:
                // Each step shrinks the weights by 1 − 2 · L2, whatever the learning rate: half of rate · λ makes it a step down the
                // penalised loss.
                return trainers
                    .AveragedPerceptron(
                        new AveragedPerceptronTrainer.Options
                        {
                            L2Regularization = PerceptronRate * l2 / 2,
                            NumberOfIterations = PerceptronIterations,
                            LearningRate = PerceptronRate,
                            LazyUpdate = false,
                        }
                    )
                    .Fit(rows)
                    .Model;
            default:
                return trainers
                    .LinearSvm(
                        new LinearSvmTrainer.Options
                        {
                            Lambda = l2,
                            NumberOfIterations = SvmIterations,
                            ExampleWeightColumnName = weight,
                        }
                    )
                    .Fit(rows)
                    .Model;
        }
    }

    private static LinearBinaryModelParameters Calibrated(
        BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> fitted
    ) => fitted.Model.SubModel;

    private double[] Finite(LinearBinaryModelParameters model)
    {
        double[] parameters = [.. model.Weights.Select(weight => (double)weight), model.Bias];
        return parameters.All(double.IsFinite)
            ? parameters
            : throw new HeadException(
                $"Trainer '{Name}' did not converge: it gave weights that are no numbers. Use larger values for the recipe's 'l2', or "
                    + $"another trainer."
            );
    }
}
