using MLNetPerson.Packaging;

namespace MLNetPerson;

/// <summary>The package that MLNetPerson.Model puts beside a program.</summary>
internal static class ReadyPackage
{
    /// <summary>Its folder, where there is one.</summary>
    /// <exception cref="PackageException">There is none.</exception>
    public static string Find()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "models", "person");
        return File.Exists(Path.Combine(folder, ModelPackage.ManifestFile))
            ? folder
            : throw new PackageException(
                $"There is no ready model in '{folder}'. 'dotnet add package MLNetPerson.Model' puts it there; PersonClassifier.Load opens a "
                    + $"package of your own."
            );
    }
}
