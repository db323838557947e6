using System.Text.RegularExpressions;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.House;

public sealed partial class RepositoryTests
{
    [SkippableFact]
    public void No_file_names_a_package_registry()
    {
        var named = Files()
            .Where(file => new FileInfo(Repository.At(file)).Length < 5_000_000)
            .Where(file => Registry().IsMatch(File.ReadAllText(Repository.At(file), System.Text.Encoding.Latin1)))
            .ToList();

        Assert.Empty(named);
    }

    [SkippableFact]
    public void The_top_level_is_as_the_design_fixes_it()
    {
        string[] allowed =
        [
            "src",
            "tests",
            "notebooks",
            "models",
            "MLNetPerson.sln",
            "nuget.config",
            "global.json",
            "README.md",
            "LICENSE",
        ];
        var strangers = Files()
            .Select(file => file.Split('/')[0])
            .Distinct()
            .Where(name => !name.StartsWith('.') && !name.StartsWith("Directory.", StringComparison.Ordinal) && !allowed.Contains(name))
            .ToList();

        Assert.Empty(strangers);
    }

    [SkippableFact]
    public void No_photograph_is_committed()
    {
        // Goldens and drawings are PNG; photographs come as JPEG.
        Assert.DoesNotContain(
            Files(),
            file => file.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".jpeg", StringComparison.OrdinalIgnoreCase)
        );
    }

    // Written in pieces, so that this file does not name one either.
    [GeneratedRegex(
        "registry\\." + "npmjs|api\\." + "nuget\\.org|www\\." + "nuget\\.org|nuget\\.org/" + "v3|registry\\." + "yarnpkg",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Registry();

    private static List<string> Files()
    {
        var outcome = ProcessRunner.Run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], folder: Repository.Root);
        Skip.If(outcome.ExitCode != 0, "this is not a git checkout");
        return [.. outcome.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Repository.At(file)))];
    }
}
