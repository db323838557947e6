using MLNetPerson.Packaging;

namespace MLNetPerson.Cli.Verbs;

/// <summary>The ready model: models/person of the repository, copied beside the program.</summary>
internal static class ReadyModel
{
    /// <summary>What it is called on the command line.</summary>
    public const string Name = "person";

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "models", Name);

    /// <summary>A package in a folder of that name goes before the ready model; a folder of pictures, which is often called so, does
    /// not.</summary>
    public static string PathOf(string package) =>
        package == Name && !File.Exists(Path.Combine(package, ModelPackage.ManifestFile)) ? Folder : package;
}
