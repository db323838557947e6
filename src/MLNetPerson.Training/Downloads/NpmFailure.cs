using System.Globalization;

namespace MLNetPerson.Training.Downloads;

/// <summary>What the npm client's errors mean to somebody who only wants a file, in one or two sentences.</summary>
internal static class NpmFailure
{
    private const string Error = "npm error ";
    private const string Code = Error + "code ";

    private static readonly string[] Codes = ["code ", "syscall ", "errno ", "path "];

    /// <summary>The client does not end.</summary>
    public static string NoAnswer(string package, TimeSpan patience) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"'npm pack {package}' did not end within {patience.TotalSeconds:0.#} s, so the registry does not answer or the network is "
                + $"very "
        ) + "slow. See whether 'npm ping' answers, and run this again: files that were brought before are kept.";

    /// <summary>The client ended without the package.</summary>
    /// <param name="package">Name and version.</param>
    /// <param name="exitCode">The client's.</param>
    /// <param name="error">All that it wrote to stderr.</param>
    public static string Explain(string package, int exitCode, string error)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var code = lines.FirstOrDefault(line => line.StartsWith(Code, StringComparison.Ordinal))?[Code.Length..];
        // npm's first lines are codes, its last ones a stack and the name of its log file.
        var said = lines.FirstOrDefault(line =>
            line.StartsWith(Error, StringComparison.Ordinal) && !Codes.Any(word => line.StartsWith(Error + word, StringComparison.Ordinal))
        );
        said ??= lines.Length > 0 ? lines[^1] : null;
        var happened = $"'npm pack {package}' ended with exit code {exitCode}" + (said is null ? ". " : $" ({said}). ");
        return happened + Advice(code);
    }

    /// <summary>By the codes of npm, Node.js and the C library.</summary>
    private static string Advice(string? code) =>
        code switch
        {
            "ENOTFOUND" or "EAI_AGAIN" or "ECONNREFUSED" or "ECONNRESET" or "ETIMEDOUT" or "ENETUNREACH" or "ENOTCACHED" =>
                $"The registry cannot be reached ({code}): see to the network, a proxy and 'npm config get registry', then run this again.",
            "EINTEGRITY" or "ENODATA" or "Z_DATA_ERROR" or "TAR_BAD_ARCHIVE" =>
                $"The npm client's cache is damaged ({code}): run 'npm cache clean --force', then run this again.",
            "ENOSPC" => "The disk is full (ENOSPC): make room, then run this again.",
            "EACCES" or "EPERM" or "EROFS" =>
                $"The npm client may not write its cache ({code}): see 'npm config get cache', then run this again.",
            _ => "Let the npm client reach a registry that has the package.",
        };
}
