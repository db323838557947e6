using System.Text.RegularExpressions;
using MLNetPerson.Testing;

namespace MLNetPerson.Newcomer.Tests.Packages;

/// <summary>Lock files are what CI restores: nothing else, and not something newer.</summary>
public sealed class LockedRestoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public LockedRestoreTests()
    {
        string[] files =
        [
            "Directory.Build.props",
            "Directory.Build.targets",
            "Directory.Packages.props",
            "global.json",
            "nuget.config",
            "src/MLNetPerson/MLNetPerson.csproj",
            "src/MLNetPerson/packages.lock.json",
        ];
        foreach (var file in files)
        {
            _folder.Write(file, File.ReadAllBytes(Repository.At(file)));
        }
    }

    [Fact]
    public void The_committed_lock_files_restore_and_stay_as_they_are()
    {
        var before = File.ReadAllText(_folder["src/MLNetPerson/packages.lock.json"]);

        for (var time = 1; time <= 2; time++)
        {
            var outcome = Restore();

            Assert.True(outcome.ExitCode == 0, $"restore {time}: {outcome.Output}{outcome.Error}");
        }

        Assert.Equal(before, File.ReadAllText(_folder["src/MLNetPerson/packages.lock.json"]));
    }

    [Fact]
    public void Another_version_than_the_locked_one_is_refused()
    {
        var versions = File.ReadAllText(_folder["Directory.Packages.props"]);
        var other = Regex.Replace(versions, "(\"System.Numerics.Tensors\" Version=)\"[^\"]+\"", "$1\"9.0.0\"");
        Assert.NotEqual(versions, other);
        _folder.Write("Directory.Packages.props", other);

        var outcome = Restore();

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("NU1004", outcome.Output + outcome.Error);
    }

    public void Dispose() => _folder.Dispose();

    private ProcessRunner.Outcome Restore() =>
        ProcessRunner.Run(
            "dotnet",
            ["restore", "src/MLNetPerson", "-nologo"],
            folder: _folder.Path,
            environment: new Dictionary<string, string?> { ["CI"] = "true" }
        );
}
