namespace MLNetPerson.Cli.Verbs;

/// <summary>Opens a package with the encoding asked for, or the best one for this processor.</summary>
internal static class PackageChoice
{
    public static PersonClassifier Load(string package, string? encoding, PersonClassifierOptions? options = null) =>
        encoding is null ? PersonClassifier.Load(package, options) : PersonClassifier.Load(package, encoding, options);
}
