using MLNetPerson.Packaging;
using MLNetPerson.Prediction;

namespace MLNetPerson.Serving;

/// <summary>A package that answers, and how its model is best asked.</summary>
internal sealed record LoadedPackage(PersonClassifier Classifier, string Stamp, BatchPlan Batch) : IDisposable
{
    public static LoadedPackage Load(ServingOptions options, BatchPlans plans)
    {
        var stamp = ModelPackage.Stamp(options.Package);
        var settings = new PersonClassifierOptions { Limits = options.Limits };
        var classifier = options.Encoding is { } encoding
            ? PersonClassifier.Load(options.Package, encoding, settings)
            : PersonClassifier.Load(options.Package, settings);
        try
        {
            return new LoadedPackage(classifier, stamp, plans.For(classifier));
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    public void Dispose() => Classifier.Dispose();
}
