using System.Text.Json;
using MLNetPerson.Testing;

namespace MLNetPerson.Newcomer.Tests.Notebooks;

/// <summary>All notebooks, executed once from the first cell to the last. With MLNETPERSON_WRITE_GOLDENS=1 their outputs are
/// written.</summary>
public sealed class NotebookRuns
{
    public NotebookRuns()
    {
        string[] arguments = Environment.GetEnvironmentVariable("MLNETPERSON_WRITE_GOLDENS") == "1" ? ["--json", "--write"] : ["--json"];
        var outcome = Run(arguments);
        Results = outcome
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(
                result => result.GetProperty("name").GetString()!,
                result => (result.GetProperty("outcome").GetString()!, string.Join('\n', result.GetProperty("faults").EnumerateArray()))
            );
        Assert.True(Results.Count > 0, outcome.Error);
    }

    public IReadOnlyDictionary<string, (string Outcome, string Faults)> Results { get; }

    public static ProcessRunner.Outcome Run(params string[] arguments) =>
        ProcessRunner.Run(
            "dotnet",
            [Repository.At($"tests/MLNetPerson.Notebooks/bin/{Product.Configuration}/net10.0/MLNetPerson.Notebooks.dll"), .. arguments]
        );
}
