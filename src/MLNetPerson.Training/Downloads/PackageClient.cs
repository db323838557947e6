using System.Diagnostics;

namespace MLNetPerson.Training.Downloads;

/// <summary>Runs a package client, npm's or NuGet's, and keeps what it says. A cancelled run leaves no process behind.</summary>
internal static class PackageClient
{
    /// <param name="line">The program and its arguments.</param>
    /// <param name="folder">The folder that it runs in.</param>
    /// <param name="cancellation">Ends the client and all that it has started.</param>
    /// <param name="environment">Variables that it gets besides this process's own.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program is not there or cannot be started.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        IReadOnlyList<string> line,
        string folder,
        CancellationToken cancellation,
        params (string Name, string Value)[] environment
    )
    {
        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }
}
