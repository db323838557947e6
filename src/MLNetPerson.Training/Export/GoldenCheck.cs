using MLNetPerson.Packaging;

namespace MLNetPerson.Training.Export;

/// <summary>Asks a package's models for their golden answers.</summary>
public static class GoldenCheck
{
    /// <summary>All goldens of one encoding.</summary>
    public static IReadOnlyList<GoldenResult> Run(ModelPackage package, PackageEncoding encoding)
    {
        using var classifier = PersonClassifier.Load(package.Folder, encoding.Name);
        List<GoldenResult> results = [];
        foreach (var golden in package.Manifest.Goldens)
        {
            if (golden.Probabilities.TryGetValue(encoding.Name, out var promised))
            {
                double given = classifier.Predict(package.PathOf(golden.File)).Probability;
                results.Add(
                    new GoldenResult(encoding.Name, golden.File, promised, given, Math.Abs(promised - given) <= encoding.Tolerance)
                );
            }
        }

        return results;
    }
}
