using MLNetPerson.Files;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>The program as a user runs it: a process of its own, with a cache of its own.</summary>
public sealed class Cli : IDisposable
{
    private readonly TempFolder _home = new();

    public ProcessRunner.Outcome Run(params string[] arguments) => Run(arguments, null, null);

    public ProcessRunner.Outcome Run(string[] arguments, byte[]? input = null, Dictionary<string, string?>? environment = null)
    {
        var variables = new Dictionary<string, string?> { [CacheFolder.Variable] = _home.Path, ["NO_COLOR"] = "1" };
        foreach (var (name, value) in environment ?? [])
        {
            variables[name] = value;
        }

        return ProcessRunner.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll"), .. arguments], input, variables);
    }

    public void Dispose() => _home.Dispose();
}
