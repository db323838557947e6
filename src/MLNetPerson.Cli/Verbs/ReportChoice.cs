using System.CommandLine;
using MLNetPerson.Files;
using MLNetPerson.Training.Pages;

namespace MLNetPerson.Cli.Verbs;

/// <summary>What <c>--report</c> says, and where reports go that are not named: beside a package, never into it.</summary>
/// <remarks>A report shows pictures of the dataset, which must not travel with a package to wherever it is used; and a package that is
/// written anew would lose it.</remarks>
internal static class ReportChoice
{
    private const string None = "none";

    /// <summary>For a verb that writes a report anyhow.</summary>
    public static Option<string?> Option(string otherwise) =>
        new("--report")
        {
            Description =
                $"HTML file for the report, which opens offline and shows some of the pictures; {otherwise} where left out, {None} for no "
                + $"report",
            HelpName = "file",
        };

    /// <summary>The file, or null for no report. Refused before any work where it cannot be one.</summary>
    /// <exception cref="IOException">A folder has that name.</exception>
    public static string? Of(string? given, string? otherwise)
    {
        var path = given ?? otherwise;
        if (path is null || given == None)
        {
            return null;
        }

        if (Directory.Exists(path))
        {
            throw new IOException($"--report '{path}' is a folder; name a file, such as {Path.Combine(path, "report.html")}.");
        }

        try
        {
            OutputPlace.CheckFile(path);
            return path;
        }
        catch (IOException exception)
        {
            throw new IOException($"The report: {exception.Message} Name a file by --report, or say --report {None}.", exception);
        }
    }

    /// <summary>A report's name beside a package's folder: <c>my-model.report.html</c>.</summary>
    public static string Beside(string package, string kind) =>
        $"{Path.TrimEndingDirectorySeparator(Path.GetFullPath(package))}.{kind}.html";

    /// <summary>Where the report is, for a reader.</summary>
    public static string Sentence(string path) =>
        $"Report: {path} (opens offline; it shows some of the pictures, so mind whom you send it to)";

    /// <summary>Writes the file, and the folders above it.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Write(string? path, Func<Report> report)
    {
        if (path is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            ReportWriter.Write(path, report());
        }
    }
}
