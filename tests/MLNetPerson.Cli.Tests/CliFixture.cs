using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>Pictures, a recipe file, and a package that the program itself retrained.</summary>
public sealed class CliFixture : IDisposable
{
    public CliFixture()
    {
        World.Write(
            "tiny.recipe.json",
            $$"""
            {
              "name": "tiny", "backbone": "{{World.BackbonePath}}", "input": { "width": 32, "height": 32, "resize": "squash" },
              "features": [ { "tap": "shallow", "pooling": "max", "window": 2 }, { "tap": "deep", "pooling": "average" } ],
              "head": { "folds": 4 }
            }
            """
        );
        World.Write(
            "pictures/labels.csv",
            "file,label,split,group\n"
                + string.Concat(
                    Directory
                        .GetFiles(World.Pictures, "*.png", SearchOption.AllDirectories)
                        .Order(StringComparer.Ordinal)
                        .Select(
                            (file, i) =>
                                $"{Path.GetRelativePath(World.Pictures, file)},{(file.Contains("/person/") ? 1 : 0)},"
                                + $"{(i % 4 == 3 ? "dev" : "train")},\n"
                        )
                )
        );
        Retrained = Cli.Run("retrain", World.Pictures, "--recipe", Recipe, "--out", World.PackagePath);
    }

    public TinyWorld World { get; } = new();

    public Cli Cli { get; } = new();

    public ProcessRunner.Outcome Retrained { get; }

    public string Recipe => World["tiny.recipe.json"];

    public string Labels => World["pictures/labels.csv"];

    public void Dispose()
    {
        Cli.Dispose();
        World.Dispose();
    }
}
