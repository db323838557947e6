using MLNetPerson.Packaging;

namespace MLNetPerson;

/// <summary>The package that MLNetPerson.Model puts beside a program.</summary>
internal static class ReadyPackage
{
    /// <summary>Its folder, where there is one.</summary>
    /// <param name="program">The folder of the program.</param>
    /// <exception cref="PackageException">There is none.</exception>
    public static string Find(string program)
    {
        var folder = Path.Combine(program, "models", "person");
        return File.Exists(Path.Combine(folder, ModelPackage.ManifestFile))
            ? folder
            : throw new PackageException(
                $"There is no ready model in '{folder}'. 'dotnet add package MLNetPerson.Model' puts it there; PersonClassifier.Load opens "
                    + $"a package of your own."
            );
    }
}
