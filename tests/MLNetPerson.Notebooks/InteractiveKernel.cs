using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetPerson.Testing;

namespace MLNetPerson.Notebooks;

/// <summary>
/// The C# kernel of .NET Interactive, which Jupyter and Visual Studio Code start too: the tool of <c>.config/dotnet-tools.json</c> as a
/// process that reads commands and writes events, one JSON document a line.
/// </summary>
public sealed class InteractiveKernel : IAsyncDisposable
{
    /// <summary>Longest time for one cell.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private readonly Process _process;
    private readonly StringBuilder _complaints = new();
    private int _count;

    private InteractiveKernel(Process process) => _process = process;

    /// <summary>Starts a kernel whose relative paths are relative to a folder.</summary>
    /// <param name="folder">The notebook's folder.</param>
    /// <param name="feed">Folder with packages that <c>#r "nuget: …"</c> finds besides the machine's own sources; may be null.</param>
    /// <exception cref="InvalidOperationException">The tool is missing or does not start.</exception>
    public static async Task<InteractiveKernel> StartAsync(string folder, PackageFeed? feed)
    {
        // From the repository's folder: its manifest says which tool.
        var start = new ProcessStartInfo("dotnet", ["dotnet-interactive", "stdio", "--default-kernel", "csharp", "--working-dir", folder])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["LC_ALL"] = "C.UTF-8"; // numbers in outputs have points
        start.Environment["DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE"] = "1";
        feed?.Offer(start.Environment);
        var kernel = new InteractiveKernel(Process.Start(start)!);
        kernel._process.ErrorDataReceived += (_, line) => kernel._complaints.AppendLine(line.Data);
        kernel._process.BeginErrorReadLine();
        try
        {
            await kernel.ReadUntilAsync(message => (string?)message["eventType"] == "KernelReady", _ => { });
            return kernel;
        }
        catch
        {
            await kernel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a cell and returns what it shows.</summary>
    /// <exception cref="CellException">It is not C#, a package is missing, or the cell threw.</exception>
    public async Task<IReadOnlyList<CellOutput>> RunAsync(string code)
    {
        var token = $"cell{++_count}";
        List<(string? Id, CellOutput Output)> shown = [];
        await _process.StandardInput.WriteLineAsync(
            JsonSerializer.Serialize(
                new
                {
                    token,
                    commandType = "SubmitCode",
                    command = new { code, targetKernelName = "csharp" },
                }
            )
        );
        await _process.StandardInput.FlushAsync();
        var end = await ReadUntilAsync(
            message =>
                (string?)message["eventType"] is "CommandSucceeded" or "CommandFailed" && (string?)message["command"]?["token"] == token,
            message => Collect(message, shown)
        );
        return (string?)end["eventType"] == "CommandSucceeded"
            ? [.. shown.Select(entry => entry.Output)]
            : throw new CellException(FirstLines((string?)end["event"]!["message"] ?? "The kernel gives no reason."));
    }

    /// <summary>An expression's value after what has run.</summary>
    public async Task<double> EvaluateAsync(string expression)
    {
        const string Format =
            "System.Convert.ToDouble({0}, System.Globalization.CultureInfo.InvariantCulture)"
            + ".ToString(\"R\", System.Globalization.CultureInfo.InvariantCulture)";
        var outputs = await RunAsync(string.Format(CultureInfo.InvariantCulture, Format, expression));
        return double.Parse(outputs.Single(output => output.Kind == "execute_result").Text, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        // "dotnet" starts the tool as a process of its own, so both are ended.
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Collect(JsonNode message, List<(string? Id, CellOutput Output)> shown)
    {
        var kind = (string?)message["eventType"] switch
        {
            "StandardOutputValueProduced" => "stream",
            "DisplayedValueProduced" or "DisplayedValueUpdated" => "display_data",
            "ReturnValueProduced" => "execute_result",
            _ => null,
        };
        if (kind is null)
        {
            return;
        }

        var (content, id) = (message["event"]!, (string?)message["event"]!["valueId"]);
        var value = content["formattedValues"]!.AsArray().First()!;
        var output = new CellOutput(kind, (string)value["mimeType"]!, (string)value["value"]!);
        if ((string?)message["eventType"] == "DisplayedValueUpdated")
        {
            var at = shown.FindIndex(entry => entry.Id == id);
            shown[at] = (id, output);
        }
        else if (kind == "stream" && shown is [.., (_, { Kind: "stream" } before)])
        {
            shown[^1] = (null, before with { Text = before.Text + output.Text });
        }
        else
        {
            shown.Add((id, output));
        }
    }

    /// <summary>Reads events up to the one that is waited for. What is no JSON is the tool's welcome.</summary>
    private async Task<JsonNode> ReadUntilAsync(Func<JsonNode, bool> isLast, Action<JsonNode> each)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            string? line;
            try
            {
                line = await _process.StandardOutput.ReadLineAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new CellException($"the cell did not end within {Patience.TotalMinutes:0} minutes");
            }

            if (line is null)
            {
                throw new InvalidOperationException(
                    "dotnet-interactive ended. Run 'dotnet tool restore' in the repository's folder, then 'dotnet dotnet-interactive "
                        + $"stdio' to see why. {_complaints.ToString().Trim()}"
                );
            }

            if (!line.StartsWith('{'))
            {
                continue;
            }

            var message = JsonNode.Parse(line)!;
            if (isLast(message))
            {
                return message;
            }

            each(message);
        }
    }

    /// <summary>A message without the stack that the kernel appends.</summary>
    private static string FirstLines(string message) =>
        string.Join('\n', message.Split('\n').TakeWhile(line => !line.StartsWith("   at ", StringComparison.Ordinal))).Trim();
}
