using Microsoft.ML;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>Lets the error about a picture through. ML.NET's cache reads rows on another thread and packs what goes wrong there into errors
/// of its own. Before a trainer, both classes must be there.</summary>
/// <param name="inner">What is fitted.</param>
/// <param name="label">The column of labels, where <paramref name="inner"/> is a trainer of two classes.</param>
internal sealed class NamingEstimator(IEstimator<ITransformer> inner, string? label = null) : IEstimator<ITransformer>
{
    public ITransformer Fit(IDataView input) =>
        TrainingRows.Unwrapped(() =>
        {
            if (label is not null)
            {
                TrainingRows.CheckBothClasses(input, label);
            }

            return inner.Fit(input);
        });

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inner.GetOutputSchema(inputSchema);
}
