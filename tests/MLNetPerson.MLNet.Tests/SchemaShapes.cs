using Microsoft.ML;

namespace MLNetPerson.MLNet.Tests;

/// <summary>ML.NET makes shapes of schemas inside <c>Fit</c> only; an estimator that looks on gives them away.</summary>
internal static class SchemaShapes
{
    public static SchemaShape Of(IDataView view)
    {
        var spy = new Spy();
        new Microsoft.ML.Data.EstimatorChain<ITransformer>().Append((IEstimator<ITransformer>)spy).Fit(view);
        return spy.Seen!;
    }

    private sealed class Spy : IEstimator<ITransformer>
    {
        public SchemaShape? Seen { get; private set; }

        public ITransformer Fit(IDataView input) => new Microsoft.ML.Data.TransformerChain<ITransformer>();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            Seen = inputSchema;
            return inputSchema;
        }
    }
}
