using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>
/// ML.NET's L-BFGS logistic regression, with the penalty as recipes give it: relative to the mean loss. ML.NET's own counts against the
/// sum, so the rows are counted before the fit.
/// </summary>
internal sealed class PersonHeadEstimator(MLContext ml, string label, string features, double l2)
    : IEstimator<BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>>
{
    public BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> Fit(IDataView input) =>
        Trainer(Count(input)).Fit(input);

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Trainer(rows: 1).GetOutputSchema(inputSchema);

    private LbfgsLogisticRegressionBinaryTrainer Trainer(long rows) =>
        ml.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                LabelColumnName = label,
                FeatureColumnName = features,
                L1Regularization = 0,
                L2Regularization = (float)(l2 * rows),
                OptimizationTolerance = 1e-8f,
                HistorySize = 20,
                DenseOptimizer = true,

                // The result depends on the number of threads; one makes the same model on every machine.
                NumberOfThreads = 1,
            }
        );

    private long Count(IDataView input)
    {
        if (input.GetRowCount() is { } known)
        {
            return known;
        }

        long rows = 0;
        using var cursor = input.GetRowCursor([input.Schema[label], input.Schema[features]]);
        while (cursor.MoveNext())
        {
            rows++;
        }

        return Math.Max(rows, 1);
    }
}
