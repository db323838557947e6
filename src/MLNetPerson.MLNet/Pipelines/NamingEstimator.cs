using System.Runtime.ExceptionServices;
using Microsoft.ML;
using MLNetPerson.Images;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>Lets the error about a picture through. ML.NET's cache reads rows on another thread and packs what goes wrong there into errors
/// of its own.</summary>
internal sealed class NamingEstimator(IEstimator<ITransformer> inner) : IEstimator<ITransformer>
{
    public ITransformer Fit(IDataView input)
    {
        try
        {
            return inner.Fit(input);
        }
        catch (Exception exception) when (exception is not ImageException && Picture(exception) is not null)
        {
            ExceptionDispatchInfo.Throw(Picture(exception)!);
            throw;
        }
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inner.GetOutputSchema(inputSchema);

    private static ImageException? Picture(Exception? exception) =>
        exception switch
        {
            null => null,
            ImageException picture => picture,
            AggregateException several => several.InnerExceptions.Select(Picture).FirstOrDefault(found => found is not null),
            _ => Picture(exception.InnerException),
        };
}
