using MLNetPerson.Packaging;

namespace MLNetPerson.Cli.Verbs;

/// <summary>The ready models: models/person and models/person-boxes of the repository, copied beside the program.</summary>
internal static class ReadyModel
{
    /// <summary>What it is called on the command line.</summary>
    public const string Name = "person";

    /// <summary>What the ready detector is called on the command line.</summary>
    public const string BoxesName = "person-boxes";

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "models", Name);

    /// <summary>A package in a folder of that name goes before the ready model; a folder of pictures, which is often called so, does
    /// not.</summary>
    public static string PathOf(string package) =>
        package is Name or BoxesName && !File.Exists(Path.Combine(package, ModelPackage.ManifestFile))
            ? Path.Combine(AppContext.BaseDirectory, "models", package)
            : package;
}
