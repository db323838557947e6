namespace MLNetPerson.Testing;

/// <summary>A home directory that is new and empty, and what a program leaves in it.</summary>
public sealed class EmptyHome : IDisposable
{
    /// <summary>
    /// Variables that name a build server. ONNX Runtime 1.31 sends nothing where one is set (seen with CI and GITHUB_ACTIONS), so a check under
    /// a build server would pass for the wrong reason. They are removed.
    /// </summary>
    private static readonly string[] BuildServers =
    [
        "CI",
        "APPVEYOR",
        "BUILDKITE",
        "CIRCLECI",
        "CODEBUILD_BUILD_ID",
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "JENKINS_URL",
        "TEAMCITY_VERSION",
        "TF_BUILD",
        "TRAVIS",
    ];

    private readonly TempFolder _folder = new();

    /// <summary>
    /// Puts the home and cache folders of every platform there; the project's own cache too where nothing else is said. Packages that the
    /// machine has restored stay where they are.
    /// </summary>
    public Dictionary<string, string?> Environment(string? cache = null, bool telemetry = false)
    {
        var environment = BuildServers.ToDictionary(variable => variable, _ => (string?)null);
        environment["NUGET_PACKAGES"] = Packages;
        environment["HOME"] = _folder.Path;
        environment["USERPROFILE"] = _folder.Path;
        environment["LOCALAPPDATA"] = _folder.Path;
        environment["XDG_CACHE_HOME"] = null;
        environment["MLNETPERSON_HOME"] = cache ?? _folder["mlnetperson"];
        environment["ORT_DISABLE_TELEMETRY"] = null;
        environment["MLNETPERSON_ONNXRUNTIME_TELEMETRY"] = telemetry ? "1" : null;
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["DOTNET_NOLOGO"] = "1";
        return environment;
    }

    /// <summary>What ONNX Runtime's telemetry writes: device identifier and queue of events.</summary>
    public string[] OfTelemetry() =>
        [
            .. _folder
                .Entries()
                .Where(entry =>
                    entry.Contains(".onnxruntime", StringComparison.Ordinal)
                    || entry.Contains("DeveloperTools", StringComparison.Ordinal)
                    || Path.GetFileName(entry) is "deviceid" or "onnxruntime.db"
                ),
        ];

    /// <summary>Runs a program under strace and returns the lines of its internet connections; skips where there is no strace.</summary>
    public string[] InternetOf(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Look-ups are traced by strace, which is a program of Linux.");
        Skip.IfNot(HasStrace(), "There is no strace here that may trace, so look-ups were not traced: apt-get install strace.");
        var log = _folder[$"strace-{Guid.NewGuid():N}.txt"];
        var outcome = ProcessRunner.Run(
            "strace",
            ["-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", log, program, .. arguments],
            environment: environment
        );
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        return [.. File.ReadLines(log).Where(line => line.Contains("AF_INET", StringComparison.Ordinal))];
    }

    public void Dispose() => _folder.Dispose();

    private static string Packages =>
        System.Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static bool HasStrace()
    {
        try
        {
            return ProcessRunner.Run("strace", ["-f", "-o", "/dev/null", "true"]).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
